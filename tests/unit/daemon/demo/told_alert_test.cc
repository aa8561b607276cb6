#include "daemon/demo/told_alert.h"

#include <catch2/catch.hpp>

namespace alarum::demo {
namespace {

constexpr std::string_view line =
    R"({"schema":"alarum.alert/1","alert_id":"00112233445566778899aabbccddeeff","kind":"signature",)"
    R"("rule":{"id":"6f3e2987","title":"PsExec \"service\"","level":"high","status":"stable","tags":[],)"
    R"("revision":"0123456789abcdef"},"log_source":{"product":"windows"},)"
    R"("first_event_time":"2026-01-02T03:04:05.000000Z","last_event_time":"2026-01-02T03:04:05.000000Z",)"
    R"("time_basis":"event","provisional":false,)"
    R"("entities":[{"type":"host.name","value":"ws-17"},{"type":"user.name","value":"CORP\\ann"}],)"
    R"("evidence":[{"source":"windows","topic":"windows-events","partition":3,"offset":41,)"
    R"("timestamp":"2026-01-02T03:04:05.100000Z","ordinal":0,)"
    R"("fields":{"Image":"C:\\psexesvc.exe","Data":["a",2],"a.b":true}}],"detail":{},)"
    R"("detected_at":"2026-01-02T03:04:05.250000Z"})";

using Pairs = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("an alert is read with the values that made it fire, whom it is about, and how late it came") {
  const ToldAlert alert = *read_alert(line);

  CHECK(alert.rule_id == "6f3e2987");
  CHECK(alert.title == R"(PsExec "service")");
  CHECK(alert.level == "high");
  CHECK(alert.place == "windows-events/3:41");
  CHECK(alert.entities == Pairs{{"host.name", "ws-17"}, {"user.name", R"(CORP\ann)"}});
  CHECK(alert.fields == Pairs{{"Image", R"(C:\psexesvc.exe)"}, {"Data", "a, 2"}, {"a.b", "true"}});
  CHECK(alert.lag == std::chrono::milliseconds(250));
}

TEST_CASE("a line that is no alert is an error that says so") {
  CHECK(read_alert("").error().message == "an alert is no JSON: empty");
  CHECK(read_alert(R"({"schema":"other"})").error().message == "an alert is not of schema alarum.alert/1");
}

TEST_CASE("an alert about an event without a time has no lag") {
  CHECK(read_alert(R"({"schema":"alarum.alert/1","first_event_time":null,"detected_at":null})")->lag ==
        std::nullopt);
}

}  // namespace alarum::demo
