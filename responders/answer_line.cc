#include "responders/answer_line.h"

#include <algorithm>
#include <charconv>

namespace alarum {
namespace {

constexpr std::size_t line_size_max = 4096;
constexpr std::size_t words_max = 32;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_value_character(char c) {
  return is_letter_or_digit(c) || std::string_view("./:_-").find(c) != std::string_view::npos;
}

Error not_it() { return {ErrorCode::invalid, "the answer is none that there is"}; }

}  // namespace

Result<AnswerLine> AnswerLine::parse(std::string_view answer) {
  AnswerLine out;
  const std::size_t line_end = std::min(answer.find('\n'), answer.size());
  const std::string_view line = answer.substr(0, line_end);
  if (line.size() > line_size_max) return not_it();
  out.rest_ = answer.substr(std::min(line_end + 1, answer.size()));
  std::size_t end = std::min(line.find(' '), line.size());
  out.word_ = line.substr(0, end);
  while (end < line.size()) {
    const std::string_view left = line.substr(end + 1);
    const std::size_t sign = left.find('=');
    if (sign == std::string_view::npos || sign == 0 || out.words_.size() == words_max) return not_it();
    const std::string_view key = left.substr(0, sign);
    const bool is_text = out.word_ == "refused" && key == "why";
    const std::size_t size = is_text ? left.size() : std::min(left.find(' '), left.size());
    if (size < sign + 1) return not_it();
    const std::string_view value = left.substr(sign + 1, size - sign - 1);
    const bool is_value = !value.empty() && std::all_of(value.begin(), value.end(), is_value_character);
    // What decided may be any text without a space; a sentence may be any text.
    const bool is_ours = is_text || (out.word_ == "refused" && key == "entry" && !value.empty());
    if ((!is_value && !is_ours) || !out.value(key).empty()) return not_it();
    out.words_.emplace_back(key, value);
    end += 1 + size;
  }
  return out;
}

std::string_view AnswerLine::value(std::string_view key) const {
  const auto found =
      std::find_if(words_.begin(), words_.end(), [&](const auto& word) { return word.first == key; });
  return found == words_.end() ? std::string_view() : found->second;
}

std::optional<std::size_t> AnswerLine::number(std::string_view key) const {
  const std::string_view text = value(key);
  std::size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace alarum
