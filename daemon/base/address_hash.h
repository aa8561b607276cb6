#pragma once

#include "daemon/base/ip_address.h"

#include <cstdint>

namespace alarum {

/// 64 bits of which each depends on all of the address's; the same in every process. Not keyed: whoever
/// chooses his addresses can make them collide.
std::uint64_t hash_of(const IpAddress& address);

}  // namespace alarum
