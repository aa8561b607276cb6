#include "daemon/http_client/http_verdict.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace alarum {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t seconds_digits_max = 9;  // 31 years; more than anybody waits, and no overflow

HttpVerdict verdict_of_status(int status) {
  if (status >= 200 && status < 300) return HttpVerdict::accepted;
  switch (status) {
    case 408:
    case 425:
    case 429:
    case 503: return HttpVerdict::not_done;
    case 501:
    case 505: return HttpVerdict::refused;
    default: return status >= 500 ? HttpVerdict::in_doubt : HttpVerdict::refused;
  }
}

bool is_all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::optional<Timestamp> http_date(std::string_view text) {
  constexpr std::string_view pattern = "aaa, dd aaa dddd dd:dd:dd GMT";
  if (text.size() != pattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == 'd' ? !is_digit : pattern[i] != 'a' && text[i] != pattern[i]) return std::nullopt;
  }
  const auto* const month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  const auto number = std::to_string(month - months.begin() + 1);
  // The one reader of times checks the day of the month and the hour.
  return parse_time(std::string(text.substr(12, 4)) + (number.size() == 1 ? "-0" : "-") + number + "-" +
                    std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z");
}

}  // namespace

HttpVerdict http_verdict(const HttpOutcome& outcome) {
  if (const HttpResponse* const response = outcome.response()) return verdict_of_status(response->status);
  const HttpError& error = *outcome.error();
  if (error.is_sent) return HttpVerdict::in_doubt;
  return error.failure == HttpFailure::request ? HttpVerdict::refused : HttpVerdict::not_done;
}

bool is_worth_retry(const HttpRequest& request, HttpVerdict verdict) {
  if (verdict == HttpVerdict::not_done) return true;
  return verdict == HttpVerdict::in_doubt && (request.method == HttpMethod::get || request.is_repeatable);
}

std::optional<Duration> retry_after(std::string_view text, Timestamp now) {
  if (is_all_digits(text)) {
    if (text.size() > seconds_digits_max) return std::nullopt;
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(seconds);
  }
  const auto date = http_date(text);
  if (!date) return std::nullopt;
  return Duration(std::max<std::int64_t>(0, date->microseconds - now.microseconds));
}

}  // namespace alarum
