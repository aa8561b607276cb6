#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What is wrong with a file that a person wrote, said so that the person can mend it: file, line, column,
/// the line itself with a caret, and a way out. Every checker reports all problems of a file at once.
namespace alarum {

/// A file in memory, as problems refer to it.
struct SourceFile {
  std::string path;
  std::string text;
};

/// A place in a file: line and column count from 1, columns in code points. Line 0 means the file as a whole.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

/// An error makes what it is about unusable: a rule, a file, the configuration. A warning does not.
enum class Severity { warning, error };

/// One problem. `reason` is from a closed set of snake_case words (a metric counts by it), the message is for
/// people.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;
  Position position;
  std::string_view reason;  ///< a literal
  std::string message;
  std::string hint;         ///< the way out; may be empty
  std::string source_line;  ///< the line of the file, for the caret; empty where there is none

  /// `file:line:col: message`, the line, and the hint behind a caret; a warning says that it is one.
  /// Safe for a terminal; ends without a line break.
  std::string to_text() const;
};

/// Whether one of them is an error. What only has warnings is used.
bool has_errors(std::span<const Diagnostic> problems);

/// Collects the problems of one file. Checkers keep going after `error`.
class Diagnostics {
 public:
  /// `file` must outlive this object.
  explicit Diagnostics(const SourceFile& file) : file_(file) {}

  /// What the problems are found in.
  const SourceFile& file() const { return file_; }
  /// Notes a problem at `at`: `reason` is a word of a closed set, `message` a sentence, `hint` the way out.
  void error(Position at, std::string_view reason, std::string message, std::string hint = {});
  void warning(Position at, std::string_view reason, std::string message, std::string hint = {});

  /// Errors alone; `items` holds the warnings too, in the order in which they were noted.
  bool has_errors() const { return errors_ > 0; }
  std::size_t error_count() const { return errors_; }
  const std::vector<Diagnostic>& items() const { return items_; }

 private:
  void add(Severity severity, Position at, std::string_view reason, std::string message, std::string hint);

  const SourceFile& file_;
  std::vector<Diagnostic> items_;
  std::size_t errors_ = 0;
};

}  // namespace alarum
