// What reaches the runner from outside: bytes of its socket, what a supervisor reports with a script's output
// in it, lines of its book as a damaged disk might give them back, and what the kernel says of processes that
// name themselves. Never a crash, and what is understood is written again as it was read.
#include "daemon/base/ensure.h"
#include "daemon/base/frame.h"
#include "daemon/runner/descendants.h"
#include "daemon/runner/request.h"
#include "daemon/runner/run_book.h"
#include "daemon/runner/run_report.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

void check_request(std::string_view bytes) {
  const auto request = alarum::runner::parse_request(bytes);
  if (!request) return;
  const std::string text = alarum::runner::request_text(*request);
  const auto again = alarum::runner::parse_request(text);
  ENSURE(again.has_value() && *again == *request, "a request that is spelled anew is the same");
}

void check_report(std::string_view bytes) {
  const auto report = alarum::runner::parse_report(bytes);
  if (!report) return;
  const auto again = alarum::runner::parse_report(alarum::runner::report_text(*report));
  ENSURE(again.has_value() && *again == *report, "a report that is written anew is the same");
}

void check_line(std::string_view bytes) {
  const auto line = alarum::runner::parse_book_line(bytes);
  if (!line) return;
  const auto again = alarum::runner::parse_book_line(alarum::runner::book_line_text(*line));
  ENSURE(again.has_value() && *again == *line, "a line that is written anew is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t content_size_max = 4096;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_request(bytes);
  check_report(bytes);
  check_line(bytes);
  static_cast<void>(alarum::runner::parent_in(bytes));
  std::string stream(bytes);
  for (;;) {
    const auto content = alarum::take_frame(stream, content_size_max);
    if (!content || !*content) return 0;
    check_request(**content);
    check_report(**content);
  }
}
