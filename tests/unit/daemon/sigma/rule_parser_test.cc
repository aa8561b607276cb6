#include "daemon/sigma/rule_parser.h"

#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

constexpr std::string_view rest = "logsource: {product: test}\ndetection: {a: {A: x}, condition: a}\n";

/// What there is to say about a rule of these lines, a log source and a detection.
std::string told_about(const std::string& lines) {
  return RuleWorld::text_of(problems(lines + std::string(rest)));
}

/// What there is to say about a rule with this log source, which is line 3.
std::string told_about_source(const std::string& source) {
  return RuleWorld::text_of(
      problems("title: A\nid: a\nlogsource: " + source + "\ndetection: {a: {A: x}, condition: a}"));
}

std::string document(std::string_view yaml) {
  SourceFile file{"a.yml", std::string(yaml)};
  Diagnostics diagnostics(file);
  const auto documents = parse_yaml(file, diagnostics);
  return std::string(kind_name(document_kind(documents.at(0).root)));
}

// Rules specification, File Structure; the correlation and filter specifications.
TEST_CASE("the keys of a document tell what kind of rule it is") {
  CHECK(document("detection: {}") == "detection");
  CHECK(document("correlation: {}") == "correlation");
  CHECK(document("filter: {}") == "filter");
  CHECK(document("baseline: {}\ndetection: {}") == "baseline");
  CHECK(document("filter: {}\ndetection: {}") == "filter");
  CHECK(document("title: something else") == "none");
  CHECK(document("[detection]") == "none");
}

// Rules specification, Components: what a rule says about itself.
TEST_CASE("a rule keeps its identity, its level and its tags") {
  const RuleWorld world(
      "title: A title\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nname: a_name\nstatus: test\n"
      "level: high\ntags: [attack.t1059, attack.execution]\nauthor: B\ndate: 2024-01-02\n" +
      std::string(rest));
  const Rule& rule = world.rule();
  CHECK(rule.title == "A title");
  CHECK(rule.id == "929a690e-bef0-4204-a928-ef5e620d6fcc");
  CHECK(rule.name == "a_name");
  CHECK(rule.status == "test");
  CHECK(rule.level == "high");
  CHECK(rule.tags == std::vector<std::string>{"attack.t1059", "attack.execution"});
  CHECK(rule.file == "rule.yml");
  CHECK(rule.position == Position{1, 1});
  CHECK(world.problems().empty());
}

// Rules specification: "Use: mandatory".
TEST_CASE("a rule without title, log source or detection is rejected") {
  CHECK(told_about("id: a\n") == "1:1 missing_field: the rule has no 'title'");
  CHECK(told_about("id: a\ntitle:\n") == "2:7 missing_field: the rule has no 'title'");
  CHECK(RuleWorld::text_of(problems("title: A\nid: a\ndetection: {a: {A: x}, condition: a}")) ==
        "1:1 missing_field: the rule has no 'logsource'");
  CHECK(RuleWorld::text_of(problems("title: A\nid: a\nlogsource: {product: p}")) ==
        "1:1 missing_field: the rule has no 'detection'");
}

// Rules specification, Title: "max. 256 characters". Ours: longer ones do no harm.
TEST_CASE("a title longer than 256 characters is a warning") {
  CHECK(told_about("id: a\ntitle: " + std::string(256, 'x') + "\n").empty());
  CHECK(told_about("id: a\ntitle: " + std::string(257, 'x') + "\n") ==
        "warning 2:8 long_title: the title is longer than 256 characters");
  std::string sharp;
  for (int i = 0; i < 256; ++i) sharp += "ß";
  CHECK(told_about("id: a\ntitle: " + sharp + "\n").empty());
}

// Rules specification, Identification: optional. Ours: without one, alerts change with every edit.
TEST_CASE("a rule without an id is a warning") {
  CHECK(told_about("title: A\n") ==
        "warning 1:1 missing_id: the rule has no 'id'; its revision stands in for it "
        "(give it a UUID, so that its alerts stay the same when it changes)");
}

// Rules specification, Identification: "should be identified by a globally unique identifier".
TEST_CASE("an id need not be a UUID") { CHECK(told_about("title: A\nid: my own rule\n").empty()); }

// Rules specification, Status.
TEST_CASE("a status is one of the five of the specification, or left out") {
  const std::string status = GENERATE("stable", "test", "experimental", "deprecated", "unsupported");
  CHECK(told_about("title: A\nid: a\nstatus: " + status + "\n").empty());
  CHECK(told_about("title: A\nid: a\nstatus:\n").empty());
  CHECK(told_about("title: A\nid: a\nstatus: tested\n") ==
        "3:9 invalid_value: 'status' is 'tested'; it can be stable test experimental deprecated unsupported "
        "(did you mean 'test'?)");
}

// Rules specification, Level.
TEST_CASE("a level is one of the five of the specification") {
  const std::string level = GENERATE("informational", "low", "medium", "high", "critical");
  CHECK(told_about("title: A\nid: a\nlevel: " + level + "\n").empty());
  CHECK(told_about("title: A\nid: a\nlevel: High\n") ==
        "3:8 invalid_value: 'level' is 'High'; it can be informational low medium high critical "
        "(did you mean 'high'?)");
  CHECK(told_about("title: A\nid: a\nlevel: [low]\n") == "3:8 invalid_value: 'level' is a list, not text");
}

// Rules specification, Level: optional. Ours: an alert needs one.
TEST_CASE("a rule without a level counts as medium") {
  CHECK(RuleWorld("title: A\n" + std::string(rest)).rule().level == "medium");
}

// Rules specification, Tags and Fields: lists.
TEST_CASE("tags and fields that are no lists of texts are rejected") {
  CHECK(told_about("title: A\nid: a\ntags: attack.t1059\n") ==
        "3:7 invalid_value: 'tags' must be a list of texts");
  CHECK(told_about("title: A\nid: a\nfields: [[x]]\n") ==
        "3:9 invalid_value: 'fields' must be a list of texts");
  CHECK(told_about("title: A\nid: a\ntags:\n").empty());
}

// ---- log sources

// Rules specification, LogSource: three attributes that are evaluated.
TEST_CASE("a log source is a product, a category, a service, or several of them") {
  const RuleWorld world(
      "title: A\nlogsource: {product: windows, category: process_creation, service: sysmon}\n"
      "detection: {a: {A: x}, condition: a}\n");
  CHECK(world.rule().log_source == LogSource{"windows", "process_creation", "sysmon"});
  CHECK(told_about_source("{category: webserver}").empty());
  CHECK(told_about_source("{service: sshd}").empty());
}

// Rules specification, LogSource; ours: what an event does not say, no rule may take for granted.
TEST_CASE("a rule applies where every attribute of its log source is the event's") {
  const EventClass event = {"windows", "sysmon", {"registry_event", "registry_set"}};
  CHECK(event.satisfies({"windows", "", ""}));
  CHECK(event.satisfies({"", "registry_set", ""}));
  CHECK(event.satisfies({"windows", "registry_event", "sysmon"}));
  CHECK_FALSE(event.satisfies({"linux", "", ""}));
  CHECK_FALSE(event.satisfies({"windows", "file_event", ""}));
  CHECK_FALSE(EventClass{"windows", "", {}}.satisfies({"", "database", ""}));
  CHECK_FALSE(event.satisfies({"Windows", "", ""}));
}

// Rules specification, LogSource: "an arbitrary number of optional elements".
TEST_CASE("other attributes of a log source do not restrict it") {
  CHECK(told_about_source("{product: p, definition: Needs auditing, vendor: [x]}").empty());
}

// Ours: the rule would look at every event of every source.
TEST_CASE("a log source that names nothing is rejected") {
  const std::string told =
      "3:12 invalid_value: 'logsource' names neither product, category nor service "
      "(without one the rule would look at every event of every source)";
  CHECK(told_about_source("{}") == told);
  CHECK(told_about_source("{definition: x}") == told);
  CHECK(told_about_source("{product: null}") == told);
}

// Rules specification, LogSource.
TEST_CASE("a log source of another form is rejected") {
  CHECK(told_about_source("windows") == "3:12 invalid_value: 'logsource' is text, not a mapping");
  CHECK(told_about_source("") == "3:11 missing_field: the rule has no 'logsource'");
  CHECK(told_about_source("{product: [a, b]}").find("3:22 invalid_value: 'product' must be text") == 0);
}

// ---- keys

// Rules specification, File Structure: "[arbitrary custom fields]".
TEST_CASE("keys of one's own are allowed in a rule") {
  CHECK(told_about("title: A\nid: a\nx_ticket: 12\nour_team: {lead: B}\n").empty());
}

// Ours: a key that is almost one of the specification is an error of typing.
TEST_CASE("a key that is almost a known one is a warning") {
  CHECK(told_about("title: A\nid: a\nlevl: high\n") ==
        "warning 3:1 unknown_key: unknown key 'levl' (did you mean 'level'?)");
}

// YAML 1.2 §3.2.1.3: keys are unique.
TEST_CASE("a key that a rule has twice is rejected") {
  CHECK(told_about("title: A\nid: a\ntitle: B\n").find("3:1 yaml_duplicate_key") == 0);
}

// Ours: without the attribute that was meant the rule looks at more events than its author wants.
TEST_CASE("a key of the log source that is almost a known one is a warning") {
  CHECK(told_about_source("{product: test, catgory: x}") ==
        "warning 3:28 unknown_key: unknown key 'catgory' (did you mean 'category'?)");
  CHECK(told_about_source("{product: test, definition: turn auditing on}").empty());
  CHECK(told_about_source("{product: test, tenant: x}").empty());
}

// Rules specification, Title: mandatory.
TEST_CASE("an empty title is rejected") {
  const std::string untitled = "id: a\nlogsource: {product: p}\ndetection: {a: {A: x}, condition: a}\n";
  CHECK(RuleWorld::text_of(problems("title: ''\n" + untitled)) == "1:8 invalid_value: 'title' is empty");
}

// Rules specification, LogSource: "lowercase", "spaces are replaced by underscores".
TEST_CASE("capitals and spaces in a log source are a warning") {
  const std::string start = "title: x\nid: a\ndetection: {a: {A: x}, condition: a}\n";
  CHECK(RuleWorld::text_of(problems(start + "logsource: {category: Process creation}\n")) ==
        "warning 4:23 odd_log_source: the category 'Process creation' of a log source has capitals or spaces "
        "(log sources are written 'process_creation', and others do not match them)");
  CHECK(problems(start + "logsource: {product: windows, service: bits-client}\n").empty());
}

}  // namespace
}  // namespace alarum::sigma
