#pragma once

#include <optional>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace alarum::runner {

/// The parent that a line of /proc/PID/stat names, whatever the process calls itself; nothing where it is no
/// such line.
std::optional<pid_t> parent_in(std::string_view stat);

/// The processes whose parent is `parent`, those that ended but were not waited for among them. It looks at
/// every process of the system: for the rare case that some are left.
std::vector<pid_t> children_of(pid_t parent);

}  // namespace alarum::runner
