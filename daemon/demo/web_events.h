#pragma once

#include "daemon/demo/story_step.h"

namespace alarum::demo {

/// What the web servers of the story are asked for: their access logs.
Script web_script();

}  // namespace alarum::demo
