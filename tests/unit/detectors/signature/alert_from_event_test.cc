#include "detectors/signature/alert_from_event.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::rule_text;

constexpr std::string_view some_source = "product=x";

/// The alert of the only rule for the only record.
Alert alert_of(const std::string& rules, const std::string& event,
               const Coordinates& at = {"test", "topic", 0, 0, {}},
               std::string_view log_source = some_source) {
  test::LaneWorld world(log_source, rules);
  const Record record{at, event, false};
  world.feed_records(std::span(&record, 1));
  REQUIRE(world.output.alerts.size() == 1);
  return world.output.alerts.front();
}

std::string rule_for(const std::string& detection, const std::string& more = "") {
  return rule_text("r", "product: x", detection, more);
}

const std::string on_a = rule_for("s: {a: '*'}, condition: s");

std::string id_at(const Coordinates& at) { return alert_of(on_a, R"({"a":1})", at).id; }

/// The evidence as `name=json` joined by blanks; `<n` behind what is cut from n bytes; `+n` for fields left
/// out.
std::string evidence_of(const std::string& rules, const std::string& event,
                        std::string_view log_source = some_source) {
  const Alert alert = alert_of(rules, event, {}, log_source);
  REQUIRE(alert.evidence.size() == 1);
  std::string out;
  for (const EvidenceField& field : alert.evidence[0].fields) {
    out += (out.empty() ? "" : " ") + field.name + "=" + field.json;
    if (field.cut_from > 0) out += "<" + std::to_string(field.cut_from);
  }
  if (alert.evidence[0].fields_omitted > 0) out += " +" + std::to_string(alert.evidence[0].fields_omitted);
  return out;
}

std::string a_of(const std::string& json) { return evidence_of(on_a, R"({"a":)" + json + "}"); }

std::string entities_of(const Alert& alert) {
  std::string out;
  for (const Entity& entity : alert.entities) out += "[" + entity.type + " " + entity.value + "]";
  return out;
}

}  // namespace

TEST_CASE("the id of an alert is that of the rule's id and the record's coordinates") {
  const std::string id = id_at({"s", "t", 1, 2, Timestamp{3}});
  CHECK(id == "09c005ed98bf6d41e0c1c47cdddd1a8d");

  CHECK(id_at({"s", "t", 1, 2, Timestamp{3}}) == id);
  CHECK(id_at({"S", "t", 1, 2, Timestamp{3}}) != id);
  CHECK(id_at({"s", "T", 1, 2, Timestamp{3}}) != id);
  CHECK(id_at({"s", "t", 2, 2, Timestamp{3}}) != id);
  CHECK(id_at({"s", "t", 1, 3, Timestamp{3}}) != id);
  CHECK(id_at({"s", "t", 1, 2, Timestamp{4}}) != id);
  CHECK(id_at({"s", "t", 1, 2, {}}) != id);
  CHECK(id_at({"st", "", 1, 2, Timestamp{3}}) != id_at({"s", "t", 1, 2, Timestamp{3}}));
}

TEST_CASE("the id of an alert depends neither on what the event says nor on the rest of the rule") {
  const std::string id = alert_of(on_a, R"({"a":1})").id;
  CHECK(alert_of(on_a, R"({"a":"other","b":2})").id == id);
  CHECK(alert_of(rule_for("s: {b: 1}, condition: not s", "level: high\n"), R"({"c":1})").id == id);
  CHECK(alert_of(rule_text("R", "product: x", "s: {a: '*'}, condition: s"), R"({"a":1})").id != id);
}

TEST_CASE("an alert has its rule's properties and its event's time") {
  const Alert alert =
      alert_of(rule_for("s: {a: 1}, condition: s", "level: high\nstatus: test\ntags: [attack.t1059]\n"),
               R"({"a":1,"@timestamp":"2026-01-02T03:04:05Z"})");
  CHECK(alert.rule->id == "r");
  CHECK(alert.rule->title == "r");
  CHECK(alert.rule->level == "high");
  CHECK(alert.rule->status == "test");
  CHECK(alert.rule->tags == std::vector<std::string>{"attack.t1059"});
  CHECK(alert.rule->revision == "0123456789abcdef");
  CHECK(alert.rule->log_source == LogSource{"x", "", ""});
  CHECK(format_time(*alert.first_event_time) == "2026-01-02T03:04:05.000000Z");
  CHECK(alert.last_event_time == alert.first_event_time);
  CHECK(alert.time_basis == TimeBasis::event);
}

TEST_CASE("evidence says where the event stands") {
  const Evidence evidence =
      alert_of(on_a, R"({"a":1})", {"kafka", "logs", 3, 812345, Timestamp{7}}).evidence.at(0);
  CHECK(evidence.source == "kafka");
  CHECK(evidence.topic == "logs");
  CHECK(evidence.partition == 3);
  CHECK(evidence.offset == 812345);
  CHECK(evidence.timestamp == Timestamp{7});
  CHECK(evidence.ordinal == 0);
}

TEST_CASE("evidence is the fields named in the detection and then those of fields, as raw JSON") {
  const std::string rule = rule_for("s: {b: 1, a|contains: x}, condition: s", "fields: [d, a, missing]\n");
  CHECK(evidence_of(rule, R"({"a":"\u0078\n","b":1.0,"c":3,"d":true})") == R"(b=1.0 a="\u0078\n" d=true)");
}

TEST_CASE("evidence has no fields that are missing, null, empty arrays or objects") {
  const std::string rule = rule_for("s: {z: null}, condition: s", "fields: [a]\n");
  CHECK(evidence_of(rule, R"({"b":1})").empty());
  CHECK(evidence_of(rule, R"({"a":null})").empty());
  CHECK(evidence_of(rule, R"({"a":[]})").empty());
  CHECK(evidence_of(rule, R"({"a":{"b":1}})").empty());
}

TEST_CASE("evidence names a field as the rule does, with what stands under its alias") {
  const std::string rule = rule_text("r", "product: windows", "s: {Image: b}, condition: s");
  CHECK(evidence_of(rule, R"({"Image":null,"NewProcessName":"b"})", "windows") == R"(Image="b")");
}

TEST_CASE("several values are an array, one is itself") {
  CHECK(a_of(R"([1,"x",[true],null,{"b":2}])") == R"(a=[1,"x",true])");
  CHECK(a_of(R"(["x"])") == R"(a="x")");
  CHECK(a_of(R"([{"b":2},"x"])") == R"(a="x")");
}

TEST_CASE("a value of up to a KiB of JSON is whole, a longer one is cut and marked") {
  const std::string longest = '"' + std::string(1022, 'x') + '"';
  const std::string longer = '"' + std::string(1023, 'x') + '"';
  CHECK(a_of(longest) == "a=" + longest);
  CHECK(a_of(longer) == "a=" + longest + "<1025");
  CHECK(a_of('"' + std::string(1U << 20U, 'x') + '"') == "a=" + longest + "<1048578");
  CHECK(a_of(std::string(2000, '1')) == "a=\"" + std::string(1022, '1') + "\"<2000");
}

TEST_CASE("a value behind an object is cut like one that stands alone") {
  const std::string longest = '"' + std::string(1022, 'x') + '"';
  CHECK(a_of(R"([{"b":2},")" + std::string(2000, 'x') + "\"]") == "a=" + longest + "<2002");
}

TEST_CASE("a value is not cut inside of a character, nor beyond a KiB where escapes make it longer") {
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "ä";
  CHECK(a_of("\"x" + umlauts + "\"") == "a=\"x" + umlauts.substr(0, 1020) + "\"<2003");

  std::string controls;
  for (int i = 0; i < 1000; ++i) controls += "\\u0001";
  const std::string shown = a_of('"' + controls + '"');
  CHECK_THAT(shown, Catch::EndsWith("\\u0001\"<6002"));
  CHECK(shown.size() <= 1024 + std::string("a=<6002").size());
}

TEST_CASE("a value whose escapes only spell it longer than a KiB is shown whole and not marked") {
  std::string escaped;
  for (int i = 0; i < 300; ++i) escaped += "\\u0041";
  CHECK(a_of('"' + escaped + '"') == "a=\"" + std::string(300, 'A') + '"');
}

TEST_CASE("of several values those that fit in a KiB are there, and the field is marked") {
  const std::string half = '"' + std::string(500, 'x') + '"';
  CHECK(a_of("[" + half + "," + half + "]") == "a=[" + half + "," + half + "]");
  CHECK(a_of("[" + half + "," + half + "," + half + "]") == "a=[" + half + "," + half + "]<1510");
  CHECK(a_of("[\"" + std::string(2000, 'x') + "\",1]") == "a=[]<2006");
}

TEST_CASE("evidence holds 32 fields and says how many more there are") {
  std::string fields = "fields: [";
  std::string event = R"({"a":1)";
  for (int i = 1; i < 40; ++i) {
    fields += "f" + std::to_string(i) + ",";
    event += ",\"f" + std::to_string(i) + "\":" + std::to_string(i);
  }
  const std::string shown = evidence_of(rule_for("s: {a: 1}, condition: s", fields + "]\n"), event + "}");

  CHECK_THAT(shown, Catch::StartsWith("a=1 f1=1 f2=2 "));
  CHECK_THAT(shown, Catch::EndsWith(" f31=31 +8"));
}

TEST_CASE("a keyword's evidence is the fields where it was found, by the record's own names") {
  const std::string rule = rule_for("k: [evil, bad], s: {a: 1}, condition: k and s");
  CHECK(evidence_of(rule, R"({"x":"none","y":{"z":"so EVIL"},"w":["fine","bad"],"a":1})") ==
        R"(a=1 y.z="so EVIL" w=["fine","bad"])");
}

TEST_CASE("a field that the rule names is not shown again for a keyword in it") {
  CHECK(evidence_of(rule_for("k: [evil], s: {a|contains: e}, condition: k and s"), R"({"a":"evil"})") ==
        R"(a="evil")");
}

TEST_CASE("keywords of a nested list are looked for too") {
  CHECK(evidence_of(rule_for("k: [evil, {a: 1}], condition: k"), R"({"b":"evil"})") == R"(b="evil")");
}

TEST_CASE("entities come from the table of the rule's log source") {
  const std::string rule = rule_text("r", "product: windows", "s: {a: 1}, condition: s");
  const Alert alert = alert_of(
      rule, R"({"a":1,"Hostname":"ws","User":"ann","IpAddress":"::1","SourceIp":"-"})", {}, "windows");
  CHECK(entities_of(alert) == "[host.name ws][user.name ann][source.ip ::1]");
}

TEST_CASE("entities of the rule itself replace those of the table") {
  const std::string more = "alarum: {entities: {user.name: owner}}\n";
  const std::string rule = rule_text("r", "product: windows", "s: {a: 1}, condition: s", more);
  const Alert alert = alert_of(rule, R"({"a":1,"Computer":"ws","owner":["ann","bob"]})", {}, "windows");
  CHECK(entities_of(alert) == "[user.name ann][user.name bob]");
}

TEST_CASE("alerts of one rule share what they say of it") {
  test::LaneWorld world(some_source, on_a);
  world.feed({R"({"a":1})", R"({"a":2})"});
  REQUIRE(world.output.alerts.size() == 2);
  CHECK(world.output.alerts[0].rule == world.output.alerts[1].rule);
  CHECK(world.output.alerts[0].id != world.output.alerts[1].id);
}

}  // namespace alarum
