#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Numbers with a unit behind them, as people write them into a configuration.
namespace alarum {

/// Bytes: a whole number with B, KiB, MiB or GiB behind it, or with nothing.
std::optional<std::int64_t> parse_size(std::string_view text);

/// `8388608` as `8MiB`: the largest unit that divides it.
std::string size_text(std::int64_t bytes);

/// Microseconds: a whole number with ms, s, m, h or d behind it.
std::optional<std::int64_t> parse_duration(std::string_view text);

/// `90000000` as `90s`: the largest unit that divides it.
std::string duration_text(std::int64_t microseconds);

}  // namespace alarum
