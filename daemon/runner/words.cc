#include "daemon/runner/words.h"

#include <algorithm>
#include <charconv>

namespace alarum::runner {
namespace {

constexpr std::size_t words_max = 16;
constexpr std::size_t id_size_max = 64;
constexpr Timestamp time_max = {253'402'300'799'999'999};  // the last of year 9999

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_value_character(char c) { return is_id_character(c) || c == '.' || c == ':'; }

Error refused(std::string sentence) { return {ErrorCode::invalid, std::move(sentence)}; }

/// The key is one of ours, so it may be repeated.
Error not_taken(std::string_view key, std::string_view expectation) {
  return refused("'" + std::string(key) + "' takes " + std::string(expectation));
}

}  // namespace

Result<Words> Words::parse(std::string_view line) {
  Words out;
  std::size_t end = std::min(line.find(' '), line.size());
  out.first_ = line.substr(0, end);
  while (end < line.size()) {
    const std::size_t begin = end + 1;
    end = std::min(line.find(' ', begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    const std::size_t sign = word.find('=');
    if (sign == std::string_view::npos || sign == 0) return refused("a word is not key=value");
    const std::string_view key = word.substr(0, sign);
    const std::string_view value = word.substr(sign + 1);
    if (value.empty() || !std::all_of(value.begin(), value.end(), is_value_character))
      return refused("a value has one or more of a-z A-Z 0-9 . : _ -");
    const auto same = [&](const auto& other) { return other.first == key; };
    if (std::any_of(out.words_.begin(), out.words_.end(), same)) return refused("a key is there twice");
    if (out.words_.size() == words_max) return refused("there are too many words");
    out.words_.emplace_back(key, value);
  }
  return out;
}

Result<std::string_view> Words::take(std::string_view key) {
  const auto found =
      std::find_if(words_.begin(), words_.end(), [&](const auto& word) { return word.first == key; });
  if (found == words_.end()) return refused("'" + std::string(key) + "=' is missing");
  const std::string_view out = found->second;
  words_.erase(found);
  return out;
}

Result<std::string> Words::take_id(std::string_view key) {
  TRY(const std::string_view value, take(key));
  if (value.size() > id_size_max || !std::all_of(value.begin(), value.end(), is_id_character))
    return not_taken(key, "an id of up to 64 a-z A-Z 0-9 _ -");
  return std::string(value);
}

Result<std::uint64_t> Words::take_number(std::string_view key, std::uint64_t max) {
  TRY(const std::string_view value, take(key));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_number = error == std::errc() && end == value.data() + value.size();
  if (!is_number || number > max || (value.size() > 1 && value.front() == '0'))
    return not_taken(key, "a whole number up to " + std::to_string(max));
  return number;
}

Result<Timestamp> Words::take_time(std::string_view key) {
  TRY(const std::string_view value, take(key));
  const auto civil = parse_civil_time(value);
  // Without a zone it would be another time elsewhere.
  const bool is_time = civil && civil->offset_minutes;
  const Timestamp time = is_time ? to_timestamp(*civil) : Timestamp{-1};
  if (time < Timestamp{0} || time > time_max)
    return not_taken(key, "a time with its zone like 2026-01-02T03:04:05Z");
  return time;
}

Status Words::check_all_taken() const {
  return words_.empty() ? Status()
                        : Status(refused("a key that '" + std::string(first_) + "' does not take"));
}

}  // namespace alarum::runner
