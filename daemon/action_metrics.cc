#include "daemon/action_metrics.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace alarum {
namespace {

/// Those that are configured, and those that the ledger knows from before.
std::set<std::string> responder_names(const ActionFigures& figures, const AllResponderFigures& responders) {
  std::set<std::string> out;
  for (const ResponderFigures& responder : responders.responders) out.insert(responder.name);
  for (const auto& [key, times] : figures.outcomes) out.insert(key.responder);
  for (const auto& [responder, actions] : figures.unfinished) out.insert(responder);
  return out;
}

std::uint64_t times_of(const ActionFigures& figures, const std::string& responder, std::string_view outcome) {
  const auto known = figures.outcomes.find({responder, std::string(outcome)});
  return known == figures.outcomes.end() ? 0 : known->second;
}

void add_outcomes(MetricFamilies& families, const ActionFigures& figures,
                  const std::set<std::string>& responders) {
  MetricFamily actions = families.counter(
      "alarum_actions_total",
      "Actions by responder and by what became of them, since the ledger began: done; shadow, only written "
      "down; denied by a guard; duplicate, done or under way already; failed; in_doubt, nobody knows whether "
      "it was done; expired, too late to begin; undone, taken back");
  for (const std::string& responder : responders) {
    for (const std::string_view outcome : action_outcomes)
      actions.add(times_of(figures, responder, outcome),
                  {{"responder", responder}, {"outcome", std::string(outcome)}});
  }
  MetricFamily ineffective = families.counter(
      "alarum_actions_ineffective_total",
      "Blocks by responder that were done and changed nothing: events of who is blocked still came, since "
      "the ledger began");
  for (const std::string& responder : responders)
    ineffective.add(times_of(figures, responder, ineffective_outcome), {{"responder", responder}});
  MetricFamily blocks = families.gauge(
      "alarum_blocks_active",
      "Blocks by responder that were done and whose time is not over, as the ledger has it: of "
      "those that the enforcer let go by itself (panic, a changed policy, root's word) it does "
      "not hear");
  for (const std::string& responder : responders) {
    const auto known = figures.blocks_active.find(responder);
    blocks.add(known == figures.blocks_active.end() ? 0 : known->second, {{"responder", responder}});
  }
}

void add_guards(MetricFamilies& families, const ActionFigures& figures) {
  MetricFamily family = families.counter(
      "alarum_action_denied_total",
      "Actions that a guard kept from being done, by guard, since the ledger began; those that breaker and "
      "canary put into shadow among them, enforcer and runner for whatever those refused");
  std::map<std::string, std::uint64_t> guards = figures.held_by_guard;
  for (const std::string_view guard : action_guards) guards.try_emplace(std::string(guard), 0);
  for (const auto& [guard, times] : guards) family.add(times, {{"guard", guard}});
  families
      .gauge("alarum_breaker_tripped",
             "Whether the breaker has tripped, so that every action is in shadow until somebody has looked: "
             "1 or 0")
      .add(figures.is_tripped);
}

void add_queues(MetricFamilies& families, const ActionFigures& figures,
                const std::set<std::string>& responders) {
  MetricFamily queues =
      families.gauge("alarum_action_queue_length",
                     "Actions by responder that are to be done or to be taken back and have "
                     "not come to their end, whether an attempt is under way or not");
  for (const std::string& responder : responders) {
    const auto known = figures.unfinished.find(responder);
    queues.add(known == figures.unfinished.end() ? 0 : known->second, {{"responder", responder}});
  }
}

void add_responders(MetricFamilies& families, const AllResponderFigures& all) {
  MetricFamily under_way = families.gauge(
      "alarum_actions_under_way", "Actions that were handed over to their responder and have not come back");
  for (const ResponderFigures& responder : all.responders)
    under_way.add(responder.under_way, {{"responder", responder.name}});
  MetricFamily broken =
      families.gauge("alarum_responder_broken",
                     "Whether a responder fails so often that it is left in peace for a while: 1 or 0");
  for (const ResponderFigures& responder : all.responders)
    broken.add(responder.is_open, {{"responder", responder.name}});
  families
      .gauge(
          "alarum_actions_failing",
          "Whether something keeps all actions from getting on, such as a ledger that cannot be written: 1 "
          "or 0")
      .add(!all.trouble.empty());
}

}  // namespace

void add_action_metrics(MetricFamilies& families, const ServiceStatus& status) {
  static const ActionFigures no_actions;
  static const AllResponderFigures no_responders;
  const ActionFigures& figures = status.actions ? *status.actions : no_actions;
  const AllResponderFigures& responders = status.responders ? *status.responders : no_responders;
  const std::set<std::string> names = responder_names(figures, responders);
  add_outcomes(families, figures, names);
  add_guards(families, figures);
  add_queues(families, figures, names);
  add_responders(families, responders);
}

}  // namespace alarum
