#include "daemon/runner/run_report.h"

#include "daemon/runner/kept_output.h"

#include <catch2/catch.hpp>

#include <string>

namespace alarum::runner {
namespace {

using namespace std::string_literals;

RunReport some_report() {
  RunReport out;
  out.outcome = Outcome::timeout;
  out.signal = 9;
  out.milliseconds = 1234;
  out.killed = 2;
  out.output = "line\n\0\xFF report outcome=exited\n"s;
  out.error = "error";
  out.output_lost = 10;
  return out;
}

TEST_CASE("a report is read as it was written, whatever the script wrote") {
  const auto read = parse_report(report_text(some_report()));
  REQUIRE(read);
  CHECK(*read == some_report());
}

TEST_CASE("what is remembered of a report counts its output as lost") {
  const RunReport kept = without_output(some_report());
  CHECK(kept.output.empty());
  CHECK(kept.output_lost == 10 + some_report().output.size());
  CHECK(kept.error_lost == 5);
  CHECK(report_words(kept) ==
        " outcome=timeout code=0 signal=9 milliseconds=1234 killed=2 stdout=0 stdout_lost=" +
            std::to_string(kept.output_lost) + " stderr=0 stderr_lost=5");
}

TEST_CASE("what is no whole report is refused") {
  const std::string whole = report_text(some_report());
  for (const std::string& text : {""s, "\n"s, whole.substr(1), whole.substr(0, whole.size() - 1), whole + "x",
                                  "report\n"s, "report outcome=exited\n"s, std::string(600, 'a') + "\n"}) {
    INFO(text);
    CHECK_FALSE(parse_report(text));
  }
  CHECK_FALSE(
      parse_report("report outcome=well code=0 signal=0 milliseconds=0 killed=0 stdout=0 stdout_lost=0 "
                   "stderr=0 stderr_lost=0\n"));
}

TEST_CASE("of what a script writes the beginning is kept and the rest counted") {
  KeptOutput output(5);
  output.add("abc");
  output.add("defg");
  output.add("h");
  CHECK(output.kept() == "abcde");
  CHECK(output.lost() == 3);

  KeptOutput none(0);
  none.add("abc");
  CHECK(none.kept().empty());
  CHECK(none.lost() == 3);
}

}  // namespace
}  // namespace alarum::runner
