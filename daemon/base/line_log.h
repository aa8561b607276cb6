#pragma once

#include "daemon/base/descriptor.h"
#include "daemon/base/result.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// A file of lines that outlives the process. Each line is on the disk when `append` returns, and has a
/// checksum. One process at a time: a lock beside it, `….lock`, sees to that. One thread.
class LineLog {
 public:
  /// Opens the file at `path`, which begins with the line `heading` where it is there, and locks it. What a
  /// crash left of a last line is cut off and said. Any other line that is damaged is an error of code
  /// `invalid` that names its number.
  static Result<LineLog> open(const std::string& path, std::string_view heading);

  /// The lines behind the heading when the file was opened, in order; the second call gives nothing.
  std::vector<std::string> take_lines() { return std::move(lines_); }

  /// Adds a line, which has no line break. After an error a part of it may stand at the end of the file,
  /// which `replace` makes good; nothing is to be added before.
  Status append(std::string_view line);

  /// Puts these lines in the place of all others, at once.
  Status replace(std::span<const std::string> lines);

  /// How many lines there are behind the heading.
  std::size_t line_count() const { return line_count_; }

 private:
  LineLog(const std::string& path, std::string_view heading) : path_(path), heading_(heading) {}
  Status lock();
  Status take_text(const std::string& text);
  Status reopen();

  std::string path_;
  std::string heading_;
  std::vector<std::string> lines_;
  Descriptor lock_;
  Descriptor file_;
  std::size_t line_count_ = 0;
};

}  // namespace alarum
