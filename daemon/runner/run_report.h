#pragma once

#include "daemon/base/result.h"
#include "daemon/runner/words.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace alarum::runner {

/// How a run ended.
enum class Outcome {
  exited,       ///< by itself, with an exit code
  signaled,     ///< by a signal that the runner did not send
  timeout,      ///< it took too long and was ended
  stopped,      ///< the runner was stopped and ended it
  not_started,  ///< the system did not start the program; `code` is its error number
};

/// What became of one run of a script.
struct RunReport {
  Outcome outcome = Outcome::exited;
  std::uint64_t code = 0;          ///< the exit code of the script itself; 0 where a signal ended it
  std::uint64_t signal = 0;        ///< the signal that ended it; 0 where none did
  std::uint64_t milliseconds = 0;  ///< from its start to its end
  std::uint64_t killed = 0;        ///< processes that it left behind and that were ended
  std::string output;              ///< what it wrote to stdout, up to the limit
  std::string error;               ///< what it wrote to stderr, up to the limit
  std::uint64_t output_lost = 0;   ///< bytes of stdout that are not in `output`
  std::uint64_t error_lost = 0;    ///< bytes of stderr that are not in `error`

  friend bool operator==(const RunReport&, const RunReport&) = default;
};

/// The report with its output counted as lost: what is remembered of it.
RunReport without_output(RunReport report);

/// ` outcome=… code=…` and so on, with the sizes of the output.
std::string report_words(const RunReport& report);

/// Takes those words; `bytes` are what was written to stdout, and behind it to stderr.
Result<RunReport> take_report(Words& words, std::string_view bytes);

/// The report as a supervisor sends it: a line of words, and the bytes. And read from there.
std::string report_text(const RunReport& report);
Result<RunReport> parse_report(std::string_view text);

/// How long such a text may be where each stream has at most `output_size_max`.
std::size_t report_size_max(std::size_t output_size_max);

}  // namespace alarum::runner
