#include "daemon/reload_check.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// A problem of the file `a.yml`.
Diagnostic problem(const std::string& message, std::string source_line = "") {
  return {Severity::error, "a.yml", {3, 5}, "unknown_modifier", message, "", std::move(source_line)};
}

sigma::LeftOut left_out(const std::string& file, const std::string& name) {
  return {file, name, problem(file + name)};
}

DaemonConfig configured() {
  DaemonConfig out;
  out.sources.emplace_back().kafka = {{"kafka-1:9092"}, {"a", "b"}, {{"sasl.password", "secret"}}, {}};
  out.responders.emplace_back().path = "/alerts";
  out.state.path = "/state";
  return out;
}

TEST_CASE("a rule that was left out before may be left out again, in any place of its file") {
  const std::vector<sigma::LeftOut> before = {left_out("a.yml", "1"), left_out("b.yml", "")};
  auto now = before;
  now.front().problem.position = {70, 1};

  CHECK(newly_left_out(now, before).empty());
  CHECK(newly_left_out({}, before).empty());
}

TEST_CASE("a rule is newly left out when it is another one, or one more of its name") {
  const std::vector<sigma::LeftOut> before = {left_out("a.yml", "1")};
  const std::vector<sigma::LeftOut> now = {left_out("a.yml", "1"), left_out("a.yml", "1"),
                                           left_out("a.yml", "2"), left_out("b.yml", "1")};
  const auto found = newly_left_out(now, before);

  REQUIRE(found.size() == 3);
  CHECK((found[0].file + " " + found[0].name) == "a.yml 1");
  CHECK((found[1].file + " " + found[1].name) == "a.yml 2");
  CHECK((found[2].file + " " + found[2].name) == "b.yml 1");
}

TEST_CASE("a reload takes rules, log sources, lateness and the log level without a restart") {
  DaemonConfig now = configured();
  now.rules.paths = {"/elsewhere"};
  now.sources.front().log_source = "windows";
  now.sources.front().lateness = std::chrono::seconds(7);
  now.records.depth_max = 7;
  now.log_level = "debug";

  CHECK(restart_sections(now, configured()).empty());
}

TEST_CASE("what only a start reads is named by its section") {
  DaemonConfig now = configured();
  now.state.commit_records_max = 7;
  now.http.listen.port = 7;
  now.workers = 3;

  CHECK(restart_sections(now, configured()) == "state, http, workers");
}

TEST_CASE("the ledger's path, what joins alerts and who may change incidents each need a restart") {
  DaemonConfig now = configured();
  now.ledger.path = "/elsewhere.db";
  CHECK(restart_sections(now, configured()) == "ledger");

  now = configured();
  now.incidents.entity_types = {"host.name"};
  CHECK(restart_sections(now, configured()) == "incidents");
  now = configured();
  now.incidents.shared_values = {"host.name"};
  CHECK(restart_sections(now, configured()) == "incidents");

  now = configured();
  now.control.analyst_group = "soc";
  CHECK(restart_sections(now, configured()) == "control");
}

TEST_CASE("a password, a start, a kind and the end of a list each need a restart") {
  DaemonConfig now = configured();
  now.sources.front().kafka.properties.front().second = "other";
  CHECK(restart_sections(now, configured()) == "sources");

  now = configured();
  now.sources.front().kafka.start.kind = KafkaStart::Kind::latest;
  CHECK(restart_sections(now, configured()) == "sources");

  now = configured();
  now.responders.front().kind = ResponderConfig::Kind::standard_output;
  CHECK(restart_sections(now, configured()) == "responders");

  now = configured();
  now.sources.front().kafka.brokers = {"kafka-1:9092", "a"};
  now.sources.front().kafka.topics = {"b"};
  CHECK(restart_sections(now, configured()) == "sources");
}

TEST_CASE("another secret behind the same path needs a restart of who has read it") {
  DaemonConfig now = configured();
  now.responders.front().files_digest = "other";
  CHECK(restart_sections(now, configured()) == "responders");
}

/// A plan of one playbook `name` over these responders.
ResponsePlan plan_of(const std::string& name, std::vector<PlaybookResponder> responders) {
  ResponsePlan out;
  out.playbooks.responders = std::move(responders);
  out.playbooks.playbooks.push_back({.name = name, .when = {}, .steps = {}});
  out.guard_rails.blocks_max = name == "new" ? 7 : 9;
  return out;
}

constexpr auto act = ResponderMode::automatic;
const PlaybookResponder firewall{"firewall", ResponderNature::blocking, act};
const PlaybookResponder chat{"chat", ResponderNature::telling};
const PlaybookResponder topic{"topic", ResponderNature::takes_all};

/// What is in use after a reload: the playbook, then names and modes (0 off, 1 shadow, 2 auto).
std::string adopted(std::vector<PlaybookResponder> responders) {
  const std::vector<PlaybookResponder> made = {firewall, chat};
  const ResponsePlan next = plan_of("new", std::move(responders));
  const ResponseBeside beside = response_beside(next, plan_of("old", made), made);
  CHECK(beside.plan->guard_rails.blocks_max == 7);
  CHECK(beside.keeps_playbooks == (beside.plan->playbooks.playbooks.front().name == "old"));
  std::string out = beside.plan->playbooks.playbooks.front().name;
  for (const PlaybookResponder& responder : beside.plan->playbooks.responders)
    out += " " + responder.name + std::to_string(static_cast<int>(responder.mode));
  return out;
}

TEST_CASE("playbooks are in use after a reload when all whom they can name are there, in whatever order") {
  PlaybookResponder off = firewall;
  off.mode = ResponderMode::off;
  CHECK(adopted({firewall, chat}) == "new firewall2 chat1");
  CHECK(adopted({topic, chat, off}) == "new topic1 chat1 firewall0");
  CHECK(adopted({chat}) == "new chat1");
}

TEST_CASE(
    "with a responder that waits for a restart playbooks stay, and modes are the new ones all the same") {
  const PlaybookResponder more{"more", ResponderNature::telling};
  PlaybookResponder off = firewall;
  off.mode = ResponderMode::off;
  CHECK(adopted({off, chat, more}) == "old firewall0 chat1");
  CHECK(adopted({chat, more}) == "old firewall0 chat1");
  CHECK(adopted({{"firewall", ResponderNature::running, act}, chat}) == "old firewall0 chat1");
}

TEST_CASE("a summary is the first problem with its place, and how many more there are") {
  const std::vector<Diagnostic> problems = {problem("unknown modifier 'x'", "a|x: 1"), problem("b"),
                                            problem("c")};

  CHECK(summary(std::span(problems).first(1)) == "a.yml:3:5: unknown modifier 'x'");
  CHECK(summary(std::span(problems).first(2)) == "a.yml:3:5: unknown modifier 'x' (and 1 more problem)");
  CHECK(summary(problems) == "a.yml:3:5: unknown modifier 'x' (and 2 more problems)");
}

}  // namespace
}  // namespace alarum
