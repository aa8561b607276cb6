#pragma once

#include "daemon/base/time.h"

namespace alarum {

/// The first and the last time that RFC 3339 can write in UTC, years 0001 to 9999. A zone leads out of them,
/// `9999-12-31T23:59:59-01:00` into a year of five digits that nobody reads back, so such a time is none.
inline constexpr Timestamp earliest_time{-62'135'596'800'000'000};
inline constexpr Timestamp latest_time{253'402'300'799'999'999};

/// Whether `format_time` writes it so that `parse_time` reads the same.
constexpr bool is_on_calendar(Timestamp time) { return earliest_time <= time && time <= latest_time; }

}  // namespace alarum
