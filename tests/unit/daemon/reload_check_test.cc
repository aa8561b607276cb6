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

TEST_CASE("a summary is the first problem with its place, and how many more there are") {
  const std::vector<Diagnostic> problems = {problem("unknown modifier 'x'", "a|x: 1"), problem("b"),
                                            problem("c")};

  CHECK(summary(std::span(problems).first(1)) == "a.yml:3:5: unknown modifier 'x'");
  CHECK(summary(std::span(problems).first(2)) == "a.yml:3:5: unknown modifier 'x' (and 1 more problem)");
  CHECK(summary(problems) == "a.yml:3:5: unknown modifier 'x' (and 2 more problems)");
}

}  // namespace
}  // namespace alarum
