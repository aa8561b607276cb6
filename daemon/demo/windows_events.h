#pragma once

#include "daemon/demo/story_step.h"

namespace alarum::demo {

/// What happens on the workstations and servers of the story: Sysmon, Security and System events.
Script windows_script();

}  // namespace alarum::demo
