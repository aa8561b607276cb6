#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// One record of a file, with the line (from 0) where it begins.
struct SplitRecord {
  std::string bytes;
  std::int64_t line = 0;
  bool truncated = false;  ///< longer than records may be; `bytes` is its beginning
};

/// Cuts the text of a file into records. A line is a record; but an object that is still open at the end of
/// its line goes on over the next ones, so that files of pretty-printed objects work too. It goes on until
/// its brackets balance, a line ends inside a string, or a line begins with `{` in the first column: thus one
/// damaged record costs itself and not the rest of the file. Blank lines are nothing. One thread.
class RecordSplitter {
 public:
  /// Records longer than `bytes_max` are cut and marked.
  explicit RecordSplitter(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Takes the text in pieces of any size, and appends the records that end in this one.
  void feed(std::string_view piece, std::vector<SplitRecord>& out);

  /// The text ends here: appends the record that was still open, and is ready for another text.
  void finish(std::vector<SplitRecord>& out);

 private:
  void take_head(std::vector<SplitRecord>& out);
  void take(std::string_view piece, std::vector<SplitRecord>& out);
  void take_part_of_line(std::string_view part, std::vector<SplitRecord>& out);
  void end_line(std::vector<SplitRecord>& out);
  void begin(char first);
  void scan(std::string_view part);
  void append(std::string_view part);
  void emit(std::vector<SplitRecord>& out);

  std::size_t bytes_max_;
  std::string head_;  // the first bytes, until it is clear whether they are a byte order mark
  bool is_past_head_ = false;
  SplitRecord current_;
  std::int64_t line_ = 0;
  bool at_line_start_ = true;
  bool in_record_ = false;
  bool is_object_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
  std::int64_t depth_ = 0;
};

}  // namespace alarum
