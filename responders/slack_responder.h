#pragma once

#include "responders/responder_kind.h"

namespace alarum {

/// The kind `slack`: a message of an incoming webhook. Once: Slack would show it again.
ResponderKind slack_kind();

}  // namespace alarum
