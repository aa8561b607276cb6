#pragma once

#include "daemon/base/terminal_text.h"
#include "daemon/cli/command_line.h"

#include <string>
#include <string_view>

/// Text for people: colours where they are wanted, numbers that can be read, output that notices when it is
/// lost.
namespace alarum::cli {

/// Writes results to stdout in large pieces. A result that cannot be written ends the program's work: see
/// `ok`.
class Output {
 public:
  explicit Output(const GlobalOptions& global);
  ~Output() { flush(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Appends `text`; written when enough has come together.
  void write(std::string_view text);
  /// `text` in this style, on a terminal; unchanged elsewhere.
  std::string styled(Style style, std::string_view text) const;
  void flush();

  /// False once something could not be written; said on stderr the first time.
  bool ok() const { return ok_; }

 private:
  std::string pending_;
  bool is_colored_;
  bool ok_ = true;
};

/// `12.3 MB`.
std::string readable_bytes(std::uint64_t bytes);

/// `text` as a cell of CSV (RFC 4180): in quotes where it needs them.
std::string csv_cell(std::string_view text);

/// The same where no spreadsheet takes it for a formula: what attackers wrote is opened there, too.
std::string harmless_cell(const std::string& text);

/// A sentence about what went wrong, on stderr, safe for a terminal.
void complain(std::string_view sentence);

/// Whether people watch stderr.
bool stderr_is_terminal();

}  // namespace alarum::cli
