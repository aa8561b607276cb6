#include "daemon/base/time.h"

#include "daemon/base/calendar.h"

#include <array>
#include <cstdio>

namespace alarum {
namespace {

namespace chrono = std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes characters off the front of a text; every `take_` says whether it found what it wanted.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool take(char wanted) {
    if (next() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `count` digits, with a value in [min, max].
  bool take_number(std::size_t count, unsigned min, unsigned max, unsigned& out) {
    if (rest_.size() < count) return false;
    out = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return false;
      out = out * 10 + static_cast<unsigned>(rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return out >= min && out <= max;
  }

  /// One to nine digits behind a decimal point, as microseconds; finer digits are cut.
  bool take_fraction(unsigned& microsecond) {
    std::size_t digits = 0;
    unsigned value = 0;
    for (; digits < rest_.size() && is_digit(rest_[digits]); ++digits) {
      if (digits < 6) value = value * 10 + static_cast<unsigned>(rest_[digits] - '0');
    }
    if (digits == 0 || digits > 9) return false;
    for (std::size_t i = digits; i < 6; ++i) value *= 10;
    rest_.remove_prefix(digits);
    microsecond = value;
    return true;
  }

 private:
  std::string_view rest_;
};

chrono::year_month_day date_of(const CivilTime& civil) {
  return chrono::year{civil.year} / chrono::month{civil.month} / chrono::day{civil.day};
}

bool take_zone(Scanner& scanner, CivilTime& out) {
  if (scanner.at_end()) return true;
  if (scanner.take('Z') || scanner.take('z')) {
    out.offset_minutes = 0;
    return scanner.at_end();
  }
  const bool east = scanner.take('+');
  if (!east && !scanner.take('-')) return false;
  unsigned hours = 0;
  unsigned minutes = 0;
  if (!scanner.take_number(2, 0, 23, hours)) return false;
  scanner.take(':');  // ISO 8601 basic format leaves it out
  if (!scanner.take_number(2, 0, 59, minutes)) return false;
  const int offset = static_cast<int>(hours * 60 + minutes);
  out.offset_minutes = east ? offset : -offset;
  return scanner.at_end();
}

}  // namespace

unsigned CivilTime::iso_week() const {
  // The week of a day is the week of that week's Thursday; week 1 holds the year's first Thursday (ISO 8601).
  const chrono::sys_days day_point = date_of(*this);
  const unsigned weekday = chrono::weekday(day_point).iso_encoding();  // Monday is 1
  const chrono::sys_days thursday = day_point + chrono::days(4 - static_cast<int>(weekday));
  const chrono::sys_days january = chrono::year_month_day(thursday).year() / chrono::January / 1;
  return static_cast<unsigned>((thursday - january).count() / 7 + 1);
}

std::optional<CivilTime> parse_civil_time(std::string_view text) {
  Scanner scanner(text);
  CivilTime out;
  unsigned year = 0;
  if (!scanner.take_number(4, 0, 9999, year) || !scanner.take('-')) return std::nullopt;
  if (!scanner.take_number(2, 1, 12, out.month) || !scanner.take('-')) return std::nullopt;
  if (!scanner.take_number(2, 1, 31, out.day)) return std::nullopt;
  out.year = static_cast<int>(year);
  if (!date_of(out).ok()) return std::nullopt;
  if (!scanner.take('T') && !scanner.take('t') && !scanner.take(' ')) return std::nullopt;
  if (!scanner.take_number(2, 0, 23, out.hour) || !scanner.take(':')) return std::nullopt;
  if (!scanner.take_number(2, 0, 59, out.minute) || !scanner.take(':')) return std::nullopt;
  if (!scanner.take_number(2, 0, 60, out.second)) return std::nullopt;
  if (scanner.take('.') && !scanner.take_fraction(out.microsecond)) return std::nullopt;
  scanner.take(' ');  // "2026-01-02 03:04:05 +01:00"
  if (!take_zone(scanner, out)) return std::nullopt;
  return out;
}

Timestamp to_timestamp(const CivilTime& civil) {
  const auto days = chrono::sys_days(date_of(civil)).time_since_epoch();
  const auto time = chrono::hours(civil.hour) + chrono::minutes(civil.minute) + chrono::seconds(civil.second);
  const auto offset = chrono::minutes(civil.offset_minutes.value_or(0));
  return {Duration(days + time - offset).count() + civil.microsecond};
}

std::optional<Timestamp> parse_time(std::string_view text) {
  const auto civil = parse_civil_time(text);
  if (!civil) return std::nullopt;
  const Timestamp time = to_timestamp(*civil);
  if (!is_on_calendar(time)) return std::nullopt;
  return time;
}

std::string format_time(Timestamp time) {
  const chrono::sys_time<Duration> point{Duration(time.microseconds)};
  const auto day = chrono::floor<chrono::days>(point);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss<Duration> clock(point - day);
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace alarum
