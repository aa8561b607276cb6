#pragma once

#include "daemon/respond/action_editor.h"
#include "daemon/respond/dispatcher.h"
#include "daemon/respond/playbook_compiler.h"
#include "tests/unit/support/ledger_world.h"
#include "tests/unit/support/playbook_file.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// A ledger, a dispatcher over it, and responders that do what a test says.
namespace alarum::test {

/// What the responders of a test were asked, and what they are to answer. Any thread.
class ResponderScript {
 public:
  /// The next answer of this responder, in order; `done` once there is none left. `NAME let_go` answers who
  /// tells it of whom not to block.
  void answer(const std::string& responder, ActionResult result) {
    const std::lock_guard lock(mutex_);
    answers_[responder].push_back(std::move(result));
  }

  ActionResult ask(const std::string& responder, const std::string& verb, const Action& action) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(responder + " " + verb + (action.target.empty() ? "" : " " + action.target) +
                     (action.may_be_done ? " again" : ""));
    last_ = action;
    auto& left = answers_[responder];
    if (left.empty()) return {.verdict = ActionVerdict::done};
    ActionResult out = std::move(left.front());
    left.pop_front();
    return out;
  }

  ActionResult let_go(const std::string& responder, const NotToBlock& what) {
    const std::lock_guard lock(mutex_);
    told_.push_back(responder + (what.is_allowed ? " allow " : " leave alone ") + what.network.to_text() +
                    " until " + format_time(what.until));
    auto& left = answers_[responder + " let_go"];
    if (left.empty()) return {.verdict = ActionVerdict::done};
    ActionResult out = std::move(left.front());
    left.pop_front();
    return out;
  }
  /// What was told of whom not to block.
  std::vector<std::string> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }

  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  Action last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<ActionResult>> answers_;
  std::vector<std::string> asked_;
  std::vector<std::string> told_;
  Action last_;
};

/// A responder that asks the script.
class ScriptedResponder final : public Responder {
 public:
  ScriptedResponder(std::string name, ResponderScript& script) : name_(std::move(name)), script_(script) {}

  ActionResult act(const Action& action, std::stop_token) override {
    return script_.ask(name_, "act", action);
  }
  ActionResult undo(const Action& action, std::stop_token) override {
    return script_.ask(name_, "undo", action);
  }
  ActionResult let_go(const NotToBlock& what, std::stop_token) override {
    return script_.let_go(name_, what);
  }
  ActionResult test(std::stop_token) override { return {.verdict = ActionVerdict::done}; }

 private:
  std::string name_;
  ResponderScript& script_;
};

/// Who can be told and who acts in these tests.
inline std::vector<std::pair<PlaybookResponder, DeliveryClass>> dispatch_responders() {
  return {{{"chat", ResponderNature::telling}, DeliveryClass::once},
          {{.name = "tickets", .nature = ResponderNature::telling, .ends_what_it_told = true},
           DeliveryClass::keyed},
          {{"script", ResponderNature::running, ResponderMode::automatic}, DeliveryClass::once},
          {{"firewall", ResponderNature::blocking, ResponderMode::automatic}, DeliveryClass::declarative}};
}

/// Guard rails that let a test block what it likes.
inline GuardRailsConfig open_guard_rails() {
  GuardRailsConfig out;
  out.ipv4_prefix_min = 24;
  out.ipv6_prefix_min = 64;
  out.duration_max = std::chrono::hours(24);
  out.blocks_per_minute_max = out.blocks_per_hour_max = out.rule_blocks_per_hour_max = 1000;
  out.source_blocks_per_hour_max = out.blocks_max = 1000;
  out.clients_percent_max = 100;
  out.leave_alone = std::chrono::hours(24);
  return out;
}

/// A playbook that blocks the client of every alert, for a quarter of an hour.
inline constexpr std::string_view block_playbook =
    "playbooks:\n- name: p\n  when: {level: '*'}\n"
    "  do: [{responder: firewall, target: source.ip, for: 15m}]\n";

struct DispatchWorld : LedgerWorld {
  explicit DispatchWorld(std::string_view playbooks) { set_playbooks(playbooks); }

  void set_playbooks(std::string_view text, const std::string& revision = "0123456789abcdef") {
    const PlaybookFile file(text);
    std::vector<PlaybookResponder> known;
    for (const auto& [what, delivery] : dispatch_responders()) known.push_back(what);
    auto compiled = compile_playbooks(file.playbooks(), std::move(known));
    UNSCOPED_INFO(told(compiled.problems));
    REQUIRE(compiled.problems.empty());
    auto made = std::make_shared<ResponsePlan>();
    made->playbooks = std::move(compiled.set);
    made->guard_rails = guard_rails;
    made->rules["rule-1"] = {sigma::Extension::Stage::respond, revision};
    plan = std::move(made);
    if (dispatcher) dispatcher->adopt(plan);
  }

  /// As at a start, or after a crash of what was there.
  void start() {
    std::vector<ActionTarget> targets;
    for (const auto& [what, delivery] : dispatch_responders())
      targets.push_back({what, delivery, std::make_unique<ScriptedResponder>(what.name, script)});
    start_with(std::move(targets), plan);
  }
  /// The same with other responders.
  void start_with(std::vector<ActionTarget> targets,
                  std::shared_ptr<const ResponsePlan> by = std::make_shared<ResponsePlan>()) {
    dispatcher.reset();
    auto opened = Dispatcher::open(path(), std::move(targets), std::move(by),
                                   {.responders = responders,
                                    .damage = damage,
                                    .clock = clock,
                                    .peers = peers,
                                    .resolv_conf = resolv_conf,
                                    .effect = {[](auto) {}, [] { return EffectNews(); }},
                                    .clients = [this] { return clients; },
                                    .random = [this] { return random; }});
    UNSCOPED_INFO((opened ? "" : opened.error().message));
    REQUIRE(opened);
    dispatcher = *std::move(opened);
  }

  /// Somebody who edits actions, by the guard rails as they are now.
  std::unique_ptr<ActionEditor> editor_of_now() {
    rules.publish(std::make_shared<const ActionRules>(
        ActionRules{guard_rails, {{"firewall", ResponderMode::automatic}}}));
    auto out = ActionEditor::open(path(), rules, clock, damage);
    REQUIRE(out.has_value());
    return *std::move(out);
  }
  /// All that acts is in this mode from now on.
  void set_mode(ResponderMode mode) {
    auto changed = std::make_shared<ResponsePlan>(*plan);
    for (PlaybookResponder& responder : changed->playbooks.responders) responder.mode = mode;
    plan = std::move(changed);
    if (dispatcher) dispatcher->adopt(plan);
  }
  /// Lets so much time pass.
  void pass(Duration time) {
    clock.time = {clock.time.microseconds + time.count()};
    clock.steady_time += time;
  }

  /// Steps until it holds; false when it does not within some seconds.
  bool until(const std::function<bool()>& holds) {
    for (int round = 0; round < 2000; ++round) {
      if (holds()) return true;
      dispatcher->step(std::chrono::milliseconds(2));
    }
    return false;
  }
  /// Steps until nothing is begun any more.
  void settle() {
    REQUIRE(until([&] {
      return number(
                 "SELECT count(*) FROM actions WHERE state = 'executing' OR (state IN ('intent', 'undoing')"
                 " AND next_us <= " +
                 std::to_string(clock.time.microseconds) + ")") == 0 &&
             number(
                 "SELECT (SELECT max(alert_number) FROM alerts) = (SELECT alert_number FROM"
                 " decided_position)") == 1;
    }));
  }

  /// What has become of the actions: `firewall|192.0.2.1|done`.
  std::vector<std::string> actions() {
    std::vector<std::string> out =
        rows("SELECT responder, target, state FROM actions ORDER BY action_number", 3);
    return out;
  }

  /// The same of one responder: `192.0.2.1|done`.
  std::vector<std::string> actions_of(const std::string& responder) {
    return rows("SELECT target, state FROM actions WHERE responder = '" + responder + "' ORDER BY target", 2);
  }

  GuardRailsConfig guard_rails = open_guard_rails();
  std::optional<std::uint64_t> clients = 1000;  // that were seen lately
  std::uint64_t random = 0;                     // which makes waits end at once
  Published<ActionRules> rules;
  ConnectedPeers peers{clock};
  std::string resolv_conf;  // empty: there is none
  std::shared_ptr<const ResponsePlan> plan;
  ResponderScript script;
  Published<AllResponderFigures> responders;
  std::unique_ptr<Dispatcher> dispatcher;
};

/// An alert whose client is this address.
inline AlertText client_alert(const std::string& name, const std::string& address) {
  return {.name = name,
          .entities = {{"host.name", "ws-" + name}, {"source.ip", address}},
          .detected = ledger_time};
}

}  // namespace alarum::test
