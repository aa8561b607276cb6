#include "daemon/alert/alert.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

constexpr Timestamp first_time{1767323045678901};  // 2026-01-02T03:04:05.678901Z

AlertRule rule() {
  return {.id = "6f3e2987-db24-4c78-a860-b4f4095a7095",
          .title = "PsExec \"service\"",
          .level = "high",
          .status = "stable",
          .tags = {"attack.t1059.001", "attack.execution"},
          .revision = "0123456789abcdef",
          .log_source = {"windows", "process_creation", "sysmon"}};
}

Evidence evidence() {
  return {.source = "windows",
          .topic = "windows-events",
          .partition = 3,
          .offset = 812345,
          .timestamp = Timestamp{first_time.microseconds + 1000000},
          .ordinal = 0,
          .fields = {{"Image", R"("C:\\psexesvc.exe")", 0}, {"Data", R"(["a",2])", 0}},
          .fields_omitted = 0};
}

Alert alert() {
  Alert out;
  out.id = "00112233445566778899aabbccddeeff";
  out.rule = std::make_shared<const AlertRule>(rule());
  out.first_event_time = first_time;
  out.last_event_time = first_time;
  out.time_basis = TimeBasis::event;
  out.entities = {{"host.name", "ws-17"}, {"user.name", "CORP\\ann"}};
  out.evidence = {evidence()};
  return out;
}

bool says(const Alert& what, std::string_view part) { return to_json(what).find(part) != std::string::npos; }

}  // namespace

// This line is the example in docs/reference/alert.md.
TEST_CASE("an alert is one line of JSON, byte for byte") {
  CHECK(to_json(alert()) ==
        R"({"schema":"alarum.alert/1","alert_id":"00112233445566778899aabbccddeeff","kind":"signature",)"
        R"("rule":{"id":"6f3e2987-db24-4c78-a860-b4f4095a7095","title":"PsExec \"service\"","level":"high",)"
        R"("status":"stable","tags":["attack.t1059.001","attack.execution"],"revision":"0123456789abcdef"},)"
        R"("log_source":{"product":"windows","category":"process_creation","service":"sysmon"},)"
        R"("first_event_time":"2026-01-02T03:04:05.678901Z","last_event_time":"2026-01-02T03:04:05.678901Z",)"
        R"("time_basis":"event","provisional":false,)"
        R"("entities":[{"type":"host.name","value":"ws-17"},{"type":"user.name","value":"CORP\\ann"}],)"
        R"("evidence":[{"source":"windows","topic":"windows-events","partition":3,"offset":812345,)"
        R"("timestamp":"2026-01-02T03:04:06.678901Z","ordinal":0,)"
        R"("fields":{"Image":"C:\\psexesvc.exe","Data":["a",2]}}],"detail":{}})");
}

TEST_CASE("an alert of which nothing is known still has every key") {
  Alert bare;
  bare.rule = std::make_shared<const AlertRule>();
  bare.evidence.emplace_back();

  CHECK(to_json(bare) ==
        R"({"schema":"alarum.alert/1","alert_id":"","kind":"signature",)"
        R"("rule":{"id":"","title":"","level":"","status":"","tags":[],"revision":""},"log_source":{},)"
        R"("first_event_time":null,"last_event_time":null,"time_basis":"unknown","provisional":false,)"
        R"("entities":[],"evidence":[{"source":"","topic":"","partition":0,"offset":0,"timestamp":null,)"
        R"("ordinal":0,"fields":{}}],"detail":{}})");
}

TEST_CASE("attributes that the rule's log source does not give are left out of the alert's") {
  Alert some = alert();
  AlertRule of_product = rule();
  of_product.log_source = {"linux", "", ""};
  some.rule = std::make_shared<const AlertRule>(of_product);

  CHECK(says(some, R"("log_source":{"product":"linux"},)"));
}

TEST_CASE("a record without a timestamp has null there") {
  Alert some = alert();
  some.evidence[0].timestamp.reset();
  some.time_basis = TimeBasis::record;

  CHECK(says(some, R"("timestamp":null,"ordinal":0)"));
  CHECK(says(some, R"("time_basis":"record")"));
}

TEST_CASE("evidence says which fields are cut, how long they were, and how many are left out") {
  Alert some = alert();
  some.evidence[0].fields[0].cut_from = 5000;
  some.evidence[0].fields_omitted = 7;

  CHECK(says(some, R"("Data":["a",2]},"cut":{"Image":5000},"fields_omitted":7}],"detail":{}})"));
}

TEST_CASE("names and values from events cannot break the line") {
  using namespace std::string_literals;
  Alert some = alert();
  some.entities = {{"host.name", "a\"b\\\n\r\t\0\x1B"s}, {"user.name", "\xFF"}};
  some.evidence[0].fields = {{"a\"\nb", "1", 0}};

  CHECK(says(some, R"("value":"a\"b\\\n\r\t\u0000\u001b"})"));
  CHECK(says(some, "\"value\":\"\xEF\xBF\xBD\"}"));
  CHECK(says(some, R"("fields":{"a\"\nb":1})"));
  CHECK(to_json(some).find('\n') == std::string::npos);
}

TEST_CASE("several events behind an alert stand one after the other") {
  Alert some = alert();
  some.evidence.push_back(evidence());
  some.evidence[1].offset = 812346;

  CHECK(
      says(some, R"(["a",2]}},{"source":"windows","topic":"windows-events","partition":3,"offset":812346,)"));
}

}  // namespace alarum
