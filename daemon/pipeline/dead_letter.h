#pragma once

#include "daemon/event/record.h"

#include <string>
#include <string_view>

namespace alarum {

/// A record that could not be evaluated, as one line of JSON of schema `alarum.dead_letter/1`: its
/// coordinates, the reason, and its bytes in Base64, at most `dead_letter_bytes_max` of them with a mark
/// where cut (docs/reference/dead_letter.md).
std::string dead_letter_json(const Coordinates& coordinates, std::string_view reason, std::string_view bytes);

/// What identifies the record for ever: source, topic, partition and offset.
std::string dead_letter_key(const Coordinates& coordinates);

/// How much of a record its dead letter holds.
inline constexpr std::size_t dead_letter_bytes_max = 64U << 10U;

}  // namespace alarum
