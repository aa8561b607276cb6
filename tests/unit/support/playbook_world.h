#pragma once

#include "daemon/respond/playbook_compiler.h"
#include "daemon/respond/playbook_decision.h"
#include "tests/unit/support/ledger_world.h"
#include "tests/unit/support/playbook_file.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Playbooks as they are written, and what they decide about one alert.
namespace alarum::test {

/// One of each nature, and of each mode of those that act.
inline std::vector<PlaybookResponder> some_responders() {
  return {{"chat", ResponderNature::telling},
          {"pager", ResponderNature::telling},
          {"soc-topic", ResponderNature::takes_all},
          {"script", ResponderNature::running, ResponderMode::automatic},
          {"firewall", ResponderNature::blocking, ResponderMode::automatic},
          {"trial", ResponderNature::blocking, ResponderMode::shadow},
          {"asleep", ResponderNature::blocking, ResponderMode::off}};
}

/// What is wrong with a file, by itself and for these responders.
inline std::string playbook_problems(std::string_view text) {
  const PlaybookFile file(text);
  const auto compiled = compile_playbooks(file.playbooks(), some_responders());
  return told(file.problems()) + told(compiled.problems);
}

/// A playbook with this condition, whose steps are these.
inline std::string playbook_with(std::string_view when, std::string_view steps = "chat") {
  return "playbooks:\n- name: p\n  when: " + std::string(when) + "\n  do: " + std::string(steps) + "\n";
}

/// An alert, its incident, and what was done before.
struct PlaybookWorld {
  PlaybookWorld() {
    incident.id = incident_id_of(alert_id("first"));
    incident.level = "high";
    incident.alerts = 3;
    incident.revision = 2;
  }

  /// What playbooks without a mistake decide.
  std::vector<StepDecision> decide(std::string_view text) const {
    const PlaybookFile file(text);
    return decide(file.playbooks());
  }
  std::vector<StepDecision> decide(const std::vector<PlaybookConfig>& playbooks) const {
    const auto compiled = compile_playbooks(playbooks, some_responders());
    UNSCOPED_INFO(told(compiled.problems));
    REQUIRE(compiled.problems.empty());
    const CommittedAlert committed_alert = committed(alert);
    return alarum::decide(
        compiled.set,
        {.alert = committed_alert, .incident = incident, .stage = stage, .history = history, .now = now});
  }

  /// One line for each decision: `p 1 firewall run on 192.0.2.1: why`.
  std::string told_decisions(std::string_view text) const {
    std::string out;
    for (const StepDecision& decision : decide(text)) {
      out += decision.playbook + " " + std::to_string(decision.step) + " " + decision.responder + " ";
      out += step_fate_name(decision.fate);
      out += decision.target.empty() ? "" : " on " + decision.target;
      out += decision.why.empty() ? "" : ": " + decision.why;
      out += "\n";
    }
    return out;
  }

  /// Whether a playbook with this condition is for the alert.
  bool holds(std::string_view when) const {
    return decide(playbook_with(when)).front().fate == StepFate::run;
  }

  AlertText alert = {.name = "first",
                     .entities = {{"host.name", "ws-17"}, {"source.ip", "192.0.2.1"}},
                     .tags = {"attack.t1110", "attack.credential_access"}};
  IncidentSummary incident;
  sigma::Extension::Stage stage = sigma::Extension::Stage::respond;
  std::map<StepTarget, StepHistory> history;
  Timestamp now = after(61);
};

}  // namespace alarum::test
