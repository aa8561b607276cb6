#pragma once

#include "daemon/base/result.h"

#include <cstdint>
#include <string_view>

namespace alarum {

/// What a process may have of root's powers: bits below 32 of capabilities(7), and their names for messages.
struct AllowedCapabilities {
  std::uint32_t bits = 0;
  std::string_view names = "none";
};

/// Sees to it that this process, and all that it starts, never gets more privileges than it has, and that
/// these are `allowed` at most: who takes it over should get nothing else. With `any_capabilities` it may
/// have more, for those who try it out as root.
Status limit_privileges(const AllowedCapabilities& allowed, bool any_capabilities);

}  // namespace alarum
