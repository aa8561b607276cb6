#include "daemon/runner/request.h"

#include "daemon/runner/words.h"

#include <catch2/catch.hpp>

#include <string>

namespace alarum::runner {
namespace {

using namespace std::string_literals;

/// What a request reads as, spelled anew; or why it is none.
std::string read(std::string_view bytes) {
  const auto request = parse_request(bytes);
  return request ? request_text(*request) : request.error().message;
}

TEST_CASE("a request to run has an action, an end and an event of any bytes") {
  const std::string event = "{\"a\": \"\n\0\xFF run action=b\"}"s;

  const std::string bytes = "run action=a-1 until=2026-01-02T03:04:05Z\n" + event;
  const auto request = parse_request(bytes);

  REQUIRE(request);
  CHECK(request->verb == Verb::run);
  CHECK(request->action_id == "a-1");
  CHECK(format_time(request->until) == "2026-01-02T03:04:05.000000Z");
  CHECK(request->event == event);
}

TEST_CASE("the runner's requests are spelled as they are read") {
  for (const char* text : {"run action=a until=2026-01-02T03:04:05.000000Z\n{}",
                           "run action=a until=2026-01-02T03:04:05.000000Z\n", "result action=A_b-9",
                           "forget action=a", "status"}) {
    INFO(text);
    CHECK(read(text) == text);
  }
  CHECK(read("run until=2026-01-02T02:04:05-01:00 action=a\n") ==
        "run action=a until=2026-01-02T03:04:05.000000Z\n");
}

TEST_CASE("what is not exactly a request to the runner is refused") {
  for (const std::string& text : {""s,
                                  " "s,
                                  "\n"s,
                                  "status\n"s,
                                  "status "s,
                                  "status x=1"s,
                                  "status\0"s,
                                  "Status"s,
                                  "run"s,
                                  "run\n{}"s,
                                  "run action=a\n{}"s,
                                  "run until=2026-01-02T03:04:05Z\n{}"s,
                                  "run action=a until=2026-01-02T03:04:05Z"s,
                                  "run action=a until=2026-01-02T03:04:05\n{}"s,
                                  "run action=a until=tomorrow\n{}"s,
                                  "run action=a until=1969-12-31T23:59:59Z\n{}"s,
                                  "run action=a until=0000-01-01T00:00:00+01:00\n{}"s,
                                  "run action=a until=9999-12-31T23:59:59-01:00\n{}"s,
                                  "run action=a  until=2026-01-02T03:04:05Z\n{}"s,
                                  "run action=a until=2026-01-02T03:04:05Z \n{}"s,
                                  "run action=a until=2026-01-02T03:04:05Z\r\n{}"s,
                                  "run action=a action=b until=2026-01-02T03:04:05Z\n{}"s,
                                  "run action=a until=2026-01-02T03:04:05Z shell=yes\n{}"s,
                                  "run action= until=2026-01-02T03:04:05Z\n{}"s,
                                  "run action=a.b until=2026-01-02T03:04:05Z\n{}"s,
                                  "run action=\xC3\xA4 until=2026-01-02T03:04:05Z\n{}"s,
                                  "result"s,
                                  "result a"s,
                                  "result action=a\n{}"s,
                                  "result action=../a"s,
                                  "result action=" + std::string(65, 'a'),
                                  "result action=a" + std::string(300, ' ')}) {
    INFO(text);
    CHECK_FALSE(parse_request(text));
  }
}

TEST_CASE("a refusal of a request to the runner says what was expected, and nothing of what it read") {
  CHECK(read("exec action=a") == "the verb is none of run, result, forget, status");
  CHECK(read("run action=a until=2026-01-02T03:04:05Z") == "'run' takes a line break and an event behind it");
  CHECK(read("status\n{}") == "an event goes with 'run' only");
  CHECK(read("result") == "'action=' is missing");
  CHECK(read("result action=a.b") == "'action' takes an id of up to 64 a-z A-Z 0-9 _ -");
  CHECK(read("result action=a evil=1") == "a key that 'result' does not take");
  CHECK(read(std::string(257, 'a')) == "the line of a request has at most 256 bytes");
}

TEST_CASE("numbers among words have one spelling") {
  const auto number = [](const std::string& value) {
    const std::string line = "x n=" + value;
    auto words = Words::parse(line);
    return words && words->take_number("n", 100).has_value();
  };
  CHECK(number("0"));
  CHECK(number("100"));
  for (const char* value : {"101", "00", "01", "-1", "1.0", "1e1", "18446744073709551616", "a"}) {
    INFO(value);
    CHECK_FALSE(number(value));
  }
}

}  // namespace
}  // namespace alarum::runner
