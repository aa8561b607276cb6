#include "config/diagnostic.h"

#include "daemon/base/printable.h"
#include "daemon/base/utf8.h"

#include <algorithm>

namespace alarum {
namespace {

/// More problems of one file are not worth reading, and hostile files have millions.
constexpr std::size_t problems_max = 100;
/// Code points of a line that are shown, and how many of them stand before the caret at most.
constexpr std::size_t shown_max = 100;
constexpr std::size_t shown_before_max = 60;
constexpr std::string_view indentation = "    ";

/// The line without what ends it and without a byte order mark; empty for the file as a whole.
std::string line_of(std::string_view text, std::uint32_t line) {
  if (line == 0) return {};
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::size_t begin = 0;
  for (std::uint32_t i = 1; i < line; ++i) {
    begin = text.find('\n', begin);
    if (begin == std::string_view::npos) return {};
    ++begin;
  }
  std::string_view out = text.substr(begin, text.find('\n', begin) - begin);
  if (out.ends_with('\r')) out.remove_suffix(1);
  return std::string(out);
}

/// The bytes of code points `from` to `to` of `text`.
std::string_view slice(std::string_view text, std::size_t from, std::size_t to) {
  std::size_t begin = text.size();
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += code_point_at(text, at).size, ++count) {
    if (count == from) begin = at;
    if (count == to) return text.substr(begin, at - begin);
  }
  return text.substr(std::min(begin, text.size()));
}

/// The line without its indentation, cut around the caret, and the caret below its place.
std::string quoted_line(std::string_view line, std::uint32_t column, const std::string& hint) {
  const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  const std::size_t caret = column == 0 ? indent : column - 1;
  std::size_t from = std::min(indent, caret);
  if (caret > from + shown_before_max) from = caret - shown_before_max;
  const std::string before = printable(slice(line, from, caret));
  const std::string after = printable(slice(line, caret, from + shown_max));

  std::size_t width = 0;
  for (std::size_t at = 0; at < before.size(); at += code_point_at(before, at).size) ++width;
  std::string out = "\n" + std::string(indentation) + before + after;
  out += "\n" + std::string(indentation) + std::string(width, ' ') + "^";
  if (!hint.empty()) out += " " + printable(hint);
  return out;
}

}  // namespace

std::string Diagnostic::to_text() const {
  std::string out = printable(file);
  if (position.line > 0) {
    out += ":" + std::to_string(position.line) + ":" + std::to_string(std::max(position.column, 1U));
  }
  out += severity == Severity::warning ? ": warning: " : ": ";
  out += printable(message);
  if (!source_line.empty()) return out + quoted_line(source_line, position.column, hint);
  if (!hint.empty()) out += "\n" + std::string(indentation) + printable(hint);
  return out;
}

bool has_errors(std::span<const Diagnostic> problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Diagnostic& problem) { return problem.severity == Severity::error; });
}

void Diagnostics::error(Position at, std::string_view reason, std::string message, std::string hint) {
  add(Severity::error, at, reason, std::move(message), std::move(hint));
}

void Diagnostics::warning(Position at, std::string_view reason, std::string message, std::string hint) {
  add(Severity::warning, at, reason, std::move(message), std::move(hint));
}

void Diagnostics::add(Severity severity, Position at, std::string_view reason, std::string message,
                      std::string hint) {
  errors_ += severity == Severity::error ? 1 : 0;
  if (items_.size() > problems_max) return;
  if (items_.size() == problems_max) {
    items_.push_back({severity, file_.path, {}, reason, "more problems of this file are not shown", "", ""});
    return;
  }
  items_.push_back(
      {severity, file_.path, at, reason, std::move(message), std::move(hint), line_of(file_.text, at.line)});
}

}  // namespace alarum
