#pragma once

#include "daemon/base/time.h"
#include "daemon/enforcer/block_table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::enforcer {

/// The set of the kernel's table that a target belongs into.
std::string_view nft_set_of(const IpNetwork& target);

/// What `nft list table` prints of our table.
struct NftListing {
  std::string skeleton;             ///< all of it but elements and what counters count
  std::vector<TableEntry> entries;  ///< the elements of its sets
};

/// Reads what `nft list table` prints. What is not understood is an error, and so is an element in another
/// set than its own, where it would not be looked for.
Result<NftListing> parse_nft_listing(std::string_view text);

/// Reads a duration as nft spells it: `1d2h3m4s5ms`. Nothing for what is none, or is longer than a century.
std::optional<Duration> parse_nft_duration(std::string_view text);

}  // namespace alarum::enforcer
