#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Points in time and their spelling. Event time is data, never a clock: nothing here asks what time it is.
namespace alarum {

/// A span of time, in microseconds; negative ones go back.
using Duration = std::chrono::microseconds;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Timestamp {
  std::int64_t microseconds = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// A time as it is written down, before any zone is applied. Time modifiers of Sigma look at this,
/// since they "do not handle timezone conversions" (Sigma modifiers appendix, Time Modifiers).
struct CivilTime {
  int year = 0;
  unsigned month = 1;   ///< 1 to 12
  unsigned day = 1;     ///< 1 to 31, valid for the month
  unsigned hour = 0;    ///< 0 to 23
  unsigned minute = 0;  ///< 0 to 59
  unsigned second = 0;  ///< 0 to 60: RFC 3339 has leap seconds
  unsigned microsecond = 0;
  std::optional<int> offset_minutes;  ///< east of UTC; nothing where the text has no zone

  /// ISO 8601 week of the year, 1 to 53.
  unsigned iso_week() const;
};

/// Reads RFC 3339 and its relatives: `2026-01-02T03:04:05.678Z`, `… +01:00`, a space for the `T`, without a
/// zone, with up to nine digits of a second (cut to six). The whole text must be a time; years 0000 to 9999.
std::optional<CivilTime> parse_civil_time(std::string_view text);

/// The point in time that `civil` names; without a zone it counts as UTC.
Timestamp to_timestamp(const CivilTime& civil);

/// `parse_civil_time` and `to_timestamp` in one; nothing outside of years 0001 to 9999 in UTC.
std::optional<Timestamp> parse_time(std::string_view text);

/// RFC 3339 in UTC with six digits: `2026-01-02T03:04:05.678901Z`.
std::string format_time(Timestamp time);

}  // namespace alarum
