// Playbooks as people write them: whatever the text, it ends with problems that have a place, or with
// playbooks that decide, the same each time they are asked, and block nothing but addresses, never without an
// end.
#include "config/playbook_config.h"
#include "config/settings.h"
#include "daemon/base/ensure.h"
#include "daemon/respond/incident.h"
#include "daemon/respond/playbook_compiler.h"
#include "daemon/respond/playbook_decision.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace alarum {
namespace {

const Section& options() {
  static const Section root = {.options = {playbooks_option()}};
  return root;
}

const std::vector<PlaybookResponder>& responders() {
  static const std::vector<PlaybookResponder> all = {
      {"chat", ResponderNature::telling, ResponderMode::shadow},
      {"topic", ResponderNature::takes_all, ResponderMode::shadow},
      {"script", ResponderNature::running, ResponderMode::automatic},
      {"firewall", ResponderNature::blocking, ResponderMode::automatic},
      {"trial", ResponderNature::blocking, ResponderMode::shadow}};
  return all;
}

const CommittedAlert& alert() {
  static const CommittedAlert out = {
      .sequence = 1,
      .id = std::string(incident_id_size, 'a'),
      .rule_id = "rule-1",
      .rule_title = "Some 'rule'",
      .level = "high",
      .first_event_time = Timestamp{1},
      .last_event_time = Timestamp{1},
      .entities = {{"source.ip", "::ffff:192.0.2.1"},
                   {"source.ip", "192.0.2.1"},
                   {"source.ip", "no address"},
                   {"host.name", "ws-17"},
                   {"user.name", "$(reboot)\n"}},
      .detected_at = Timestamp{1'000'000},
      .json = R"({"kind":"signature","provisional":false,"rule":{"status":"stable","revision":"0a",)"
              R"("tags":["attack.t1110","attack.credential_access"]},"log_source":{"product":"windows"},)"
              R"("evidence":[{"source":"windows","topic":"events"}]})"};
  return out;
}

std::vector<StepDecision> decided(const PlaybookSet& set) {
  static const std::map<StepTarget, StepHistory> history = {{{"p/firewall#1", "192.0.2.1"}, {.ended = 3}}};
  static const IncidentSummary incident = [] {
    IncidentSummary out;
    out.id = incident_id_of(alert().id);
    out.level = "high";
    out.alerts = 3;
    return out;
  }();
  return decide(set,
                {.alert = alert(), .incident = incident, .history = history, .now = Timestamp{2'000'000}});
}

void check(const PlaybookSet& set, const StepDecision& decision, std::set<std::string>& ids) {
  ENSURE(decision.why.find('\n') == std::string::npos, "a reason is one line");
  if (!decision.is_action()) return;
  ENSURE(decision.action_id.size() == incident_id_size && ids.insert(decision.action_id).second,
         "every action has an id of its own");
  ENSURE(decision.due < decision.expires, "an action can be done before it is too late");
  const auto who = std::find_if(set.responders.begin(), set.responders.end(),
                                [&](const auto& known) { return known.name == decision.responder; });
  ENSURE(who != set.responders.end() && who->nature != ResponderNature::takes_all, "a step has a responder");
  if (who->nature != ResponderNature::blocking) return;
  ENSURE(decision.target == "192.0.2.1", "nothing but addresses is blocked, and each once");
  ENSURE(decision.lasts && *decision.lasts > Duration(0) && *decision.lasts <= action_duration_max,
         "no block is without an end");
}

void check(std::string text) {
  Settings settings(options());
  settings.read_file({"fuzz.yaml", std::move(text)});
  settings.check();
  const auto playbooks = playbook_configs(settings.root());
  const auto compiled = compile_playbooks(playbooks, responders());
  for (const Diagnostic& problem : compiled.problems)
    ENSURE(!problem.message.empty() && !problem.to_text().empty(), "a problem has its sentence");

  if (has_errors(settings.problems()) || has_errors(compiled.problems)) return;
  const auto first = decided(compiled.set);
  const auto second = decided(compiled.set);
  ENSURE(first.size() == second.size(), "a decision is a function of what it depends on");
  std::set<std::string> ids;
  for (std::size_t i = 0; i < first.size(); ++i) {
    check(compiled.set, first[i], ids);
    ENSURE(first[i].fate == second[i].fate && first[i].action_id == second[i].action_id &&
               first[i].why == second[i].why,
           "a decision is a function of what it depends on");
  }
}

}  // namespace
}  // namespace alarum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  alarum::check(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
