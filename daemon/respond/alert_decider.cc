#include "daemon/respond/alert_decider.h"

#include "daemon/base/ensure.h"
#include "daemon/base/log.h"
#include "daemon/respond/entity_key.h"

#include <algorithm>
#include <set>

namespace alarum {
namespace {

/// The fate of a step that a guard rail refuses.
constexpr std::string_view denied_fate = "denied";

/// Of a rule that is not loaded any more people are told, and nothing else: nobody vouches for it.
sigma::Extension::Stage stage_of(const ResponsePlan& plan, const std::string& rule_id) {
  const auto found = plan.rules.find(rule_id);
  return found == plan.rules.end() ? sigma::Extension::Stage::alert : found->second.stage;
}

const PlaybookResponder& responder_named(const ResponsePlan& plan, const std::string& name) {
  const auto& responders = plan.playbooks.responders;
  const auto found = std::find_if(responders.begin(), responders.end(),
                                  [&](const PlaybookResponder& one) { return one.name == name; });
  ENSURE(found != responders.end(), "playbooks name responders that there are");
  return *found;
}

/// The type of the entities that the decision's step acts on.
std::string target_type_of(const ResponsePlan& plan, const StepDecision& decision) {
  for (const Playbook& playbook : plan.playbooks.playbooks) {
    if (playbook.name == decision.playbook) return playbook.steps[decision.step - 1].target;
  }
  return "";
}

StoredAction action_of(const StepDecision& decision, const UndecidedAlert& alert,
                       const CommittedAlert& committed, const ResponsePlan& plan, Timestamp now) {
  StoredAction out;
  out.id = decision.action_id;
  out.incident_id = alert.incident_id;
  out.alert_id = alert.id;
  out.rule_id = committed.rule_id;
  out.source = committed.source;
  out.playbook = decision.playbook;
  out.step_id = decision.step_id;
  out.responder = decision.responder;
  out.nature = responder_named(plan, decision.responder).nature;
  out.target_type = target_type_of(plan, decision);
  out.target = decision.target;
  out.target_key = decision.target_key;
  out.repeat = decision.repeat;
  out.lasts = decision.lasts;
  out.due = decision.due;
  out.expires = decision.expires;
  out.needs = decision.needs;
  out.intended = now;
  return out;
}

/// What waits for an action that a guard rail has refused is not done either. What acts follows one that was
/// put into shadow there, to show what would be done.
void follow_refused(StepDecision& decision, bool into_shadow) {
  decision.fate = into_shadow ? StepFate::shadow : StepFate::previous;
  decision.why = into_shadow ? "the step before it is in shadow" : "the step before it is not done";
  decision.needs.clear();
}

/// The outcome that a step which is no action counts as; empty: none of `alarum_actions_total`.
std::string_view outcome_of(StepFate fate) {
  if (fate == StepFate::duplicate) return "duplicate";
  if (fate == StepFate::expired) return "expired";
  return "";
}

}  // namespace

Status AlertDecider::decide(const UndecidedAlert& alert, const ResponsePlan& plan, Timestamp now) {
  const auto committed = read_committed_alert(alert.id, alert.json);
  if (!committed) {
    log::error("an alert of the ledger cannot be read: nothing is done about it",
               {{"alert", alert.id}, {"error", committed.error().message}});
    return {};
  }
  TRY(const IncidentSummary incident, find_incident(database_, alert.incident_id));
  TRY(const auto history, history_of(*committed, alert.incident_id, now));
  const DecisionFacts facts{.alert = *committed,
                            .incident = incident,
                            .stage = stage_of(plan, committed->rule_id),
                            .history = history,
                            .now = now,
                            .lasts_max = plan.guard_rails.duration_max};
  std::map<std::string, Outcome> refused;  // by guard rails, which the decisions know nothing of
  for (StepDecision& decision : alarum::decide(plan.playbooks, facts)) {
    const std::string id = decision.action_id;
    const bool is_wanted = decision.is_action();
    const auto before = std::find_if(decision.needs.begin(), decision.needs.end(),
                                     [&](const std::string& need) { return refused.contains(need); });
    if (is_wanted && before != decision.needs.end()) {
      const bool acts = is_acting(responder_named(plan, decision.responder).nature);
      follow_refused(decision, acts && refused.at(*before) == Outcome::shadowed);
    }
    TRY(const Outcome outcome, settle(std::move(decision), alert, *committed, plan, now));
    if (is_wanted && outcome != Outcome::begun) refused.emplace(id, outcome);
  }
  return {};
}

/// Of the targets that the alert names alone: an incident may have thousands.
Result<std::map<StepTarget, StepHistory>> AlertDecider::history_of(const CommittedAlert& committed,
                                                                   const std::string& incident_id,
                                                                   Timestamp now) {
  std::set<std::string> keys = {""};  // what tells has no target
  std::set<std::string> addresses;
  for (const Entity& entity : committed.entities) {
    keys.insert(entity_key(entity));
    if (entity.type.ends_with(address_suffix)) addresses.insert(entity_key(entity));
  }
  std::map<StepTarget, StepHistory> out;
  for (const std::string& key : keys) TRY_OK(actions_.add_history(incident_id, key, now, out));
  for (const std::string& key : addresses) TRY_OK(guards_.add_blocks(key, now, out));
  return out;
}

Result<AlertDecider::Outcome> AlertDecider::settle(StepDecision decision, const UndecidedAlert& alert,
                                                   const CommittedAlert& committed, const ResponsePlan& plan,
                                                   Timestamp now) {
  if (decision.is_action()) return act(std::move(decision), alert, committed, plan, now);
  if (const std::string_view outcome = outcome_of(decision.fate); !outcome.empty())
    TRY_OK(actions_.count(decision.responder, outcome, ""));
  TRY_OK(actions_.note_decision(decision, step_fate_name(decision.fate), {}, alert, now));
  return Outcome::none;
}

/// The guard rails judge what is in shadow, too: it is to show what would be done.
Result<AlertDecider::Outcome> AlertDecider::act(StepDecision decision, const UndecidedAlert& alert,
                                                const CommittedAlert& committed, const ResponsePlan& plan,
                                                Timestamp now) {
  StoredAction action = action_of(decision, alert, committed, plan, now);
  if (decision.fate == StepFate::shadow) action.state = ActionState::shadow;
  std::optional<GuardRefusal> refusal;
  if (is_acting(action.nature)) {
    TRY(refusal, judge_.judge(action, plan, now));
  }
  if (refusal && !means_shadow(*refusal)) {
    TRY_OK(actions_.count(action.responder, denied_fate, refusal->guard));
    TRY_OK(actions_.note_decision(decision, denied_fate, *refusal, alert, now));
    return Outcome::none;
  }
  const bool is_shadow = refusal.has_value() || decision.fate == StepFate::shadow;
  if (is_shadow && !decision.shadowed_id.empty()) {
    stay_in_shadow(decision);
    TRY_OK(settle(std::move(decision), alert, committed, plan, now));
    return Outcome::shadowed;
  }
  if (is_shadow) {
    action.state = ActionState::shadow;
    action.why = refusal ? refusal->why : decision.why;
    if (action.lasts) action.until = Timestamp{now.microseconds + action.lasts->count()};
  }
  TRY(const bool is_new, actions_.insert(action));
  if (is_new) judge_.note_decided(action);
  const StepFate fate = !is_new ? StepFate::duplicate : is_shadow ? StepFate::shadow : StepFate::run;
  // What a guard put into shadow is counted for that guard, too.
  const std::string_view guard = fate == StepFate::shadow && refusal ? refusal->guard : "";
  if (fate != StepFate::run) TRY_OK(actions_.count(action.responder, step_fate_name(fate), guard));
  TRY_OK(
      actions_.note_decision(decision, step_fate_name(fate), refusal.value_or(GuardRefusal()), alert, now));
  return is_shadow ? Outcome::shadowed : Outcome::begun;
}

}  // namespace alarum
