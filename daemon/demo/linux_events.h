#pragma once

#include "daemon/demo/story_step.h"

#include <string_view>

/// What happens on the web servers of the story.
namespace alarum::demo {

/// The values of `event_kind`: Sigma's names for these categories.
constexpr std::string_view linux_process_creation = "process_creation";
constexpr std::string_view linux_file_event = "file_event";

/// Processes that start and files that are written.
Script linux_script();

}  // namespace alarum::demo
