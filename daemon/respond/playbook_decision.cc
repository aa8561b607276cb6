#include "daemon/respond/playbook_decision.h"

#include "daemon/base/digest.h"
#include "daemon/base/ensure.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/printable.h"
#include "daemon/respond/entity_key.h"
#include "daemon/respond/playbook_condition.h"
#include "daemon/respond/playbook_fields.h"
#include "daemon/sigma/predicate.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace alarum {
namespace {

using Stage = sigma::Extension::Stage;

/// What a step does something to.
struct Target {
  std::string value;
  std::string key;
  bool is_address = false;
};

/// The entities of a type, each once, in their order.
std::vector<Target> targets_of(const CommittedAlert& alert, const std::string& type) {
  std::vector<Target> out;
  for (const Entity& entity : alert.entities) {
    if (entity.type != type) continue;
    const auto address = IpAddress::parse(entity.value);
    const std::string key = entity_key(entity);
    const bool is_known =
        std::any_of(out.begin(), out.end(), [&](const Target& known) { return known.key == key; });
    if (!is_known) out.push_back({address ? address->to_text() : entity.value, key, address.has_value()});
  }
  return out;
}

/// Why nobody tells, or runs a script, once more; empty where it is worth another try. Blocks end by
/// themselves, and are made again.
std::string done_for_good(ResponderNature nature, const StepHistory& past) {
  if (nature == ResponderNature::blocking) return "";
  const bool runs = nature == ResponderNature::running;
  if (past.done > 0) return runs ? "it has run for this incident" : "it has told of this incident";
  if (past.doubts > 0)
    return std::string(runs ? "it may have run for" : "it may have told of") +
           " this incident: that is in doubt";
  if (past.tried < tries_max) return "";
  return std::string(runs ? "running it for" : "telling of") + " this incident has failed " +
         std::to_string(past.tried) + " times";
}

/// Decides the steps of one playbook, in their order.
class StepDecider {
 public:
  StepDecider(const PlaybookSet& set, const Playbook& playbook, const DecisionFacts& facts)
      : set_(set), playbook_(playbook), facts_(facts) {}

  std::vector<StepDecision> decide(const std::optional<std::string>& objection) {
    for (std::size_t i = 0; i < playbook_.steps.size(); ++i) {
      const std::size_t begin = out_.size();
      if (objection) {
        add(i, StepFate::condition, *objection);
      } else {
        decide_step(i);
      }
      previous_begin_ = begin;
    }
    return std::move(out_);
  }

 private:
  const PlaybookResponder& responder_of(const PlaybookStep& step) const {
    return set_.responders[step.responder];
  }

  StepDecision& add(std::size_t i, StepFate fate, std::string why) {
    StepDecision& out = out_.emplace_back();
    out.playbook = playbook_.name;
    out.step = i + 1;
    out.step_id = playbook_.steps[i].id;
    out.responder = responder_of(playbook_.steps[i]).name;
    out.fate = fate;
    out.why = std::move(why);
    return out;
  }

  void decide_step(std::size_t i) {
    const PlaybookStep& step = playbook_.steps[i];
    const PlaybookResponder& responder = responder_of(step);
    const bool acts = is_acting(responder.nature);
    // What the step before came to is known here, and nothing of this one has been added yet.
    const std::size_t previous_end = out_.size();
    if (facts_.stage == Stage::shadow) {
      add(i, StepFate::stage, "the rule's stage is shadow: nothing is told or done");
    } else if (acts && facts_.stage == Stage::alert) {
      add(i, StepFate::stage, "the rule's stage is alert: it is told, and nothing is done");
    } else if (acts && responder.mode == ResponderMode::off) {
      add(i, StepFate::off, "the mode of '" + responder.name + "' is off");
    } else if (!acts) {
      decide_target(i, {}, previous_end);
    } else {
      const std::vector<Target> targets = targets_of(facts_.alert, step.target);
      if (targets.empty())
        add(i, StepFate::no_target, "the alert has no entity of type " + printable(step.target));
      for (const Target& target : targets) decide_target(i, target, previous_end);
    }
  }

  void decide_target(std::size_t i, const Target& target, std::size_t previous_end) {
    const PlaybookStep& step = playbook_.steps[i];
    const PlaybookResponder& responder = responder_of(step);
    StepDecision& out = add(i, StepFate::run, "");
    out.target = target.value;
    out.target_key = target.key;
    // What looks at addresses must not be led past by one that only a script takes for an address.
    if (step.target.ends_with(address_suffix) && !target.is_address) {
      out.fate = StepFate::no_address;
      out.why = "'" + printable(shown_value(target.value)) + "' is no address";
      return;
    }
    identify(step, responder, out);
    if (out.fate == StepFate::duplicate) return;
    if (facts_.now >= out.expires) {
      out.fate = StepFate::expired;
      out.why = "it could begin until " + format_time(out.expires);
      return;
    }
    if (is_acting(responder.nature) && responder.mode == ResponderMode::shadow) {
      out.fate = StepFate::shadow;
      out.why = "the mode of '" + responder.name + "' is shadow";
    }
    if (step.is_only_if_done) wait_for_previous(i, previous_end, out);
  }

  std::string id_of_action(const PlaybookStep& step, const std::string& target_key,
                           std::uint64_t repeat) const {
    return id_of({"action", facts_.incident.id, step.id, target_key, std::to_string(repeat)});
  }

  /// Says which action it is, and whether there is one already.
  void identify(const PlaybookStep& step, const PlaybookResponder& responder, StepDecision& out) const {
    const auto found = facts_.history.find({step.id, out.target_key});
    static const StepHistory nothing;
    const StepHistory& past = found == facts_.history.end() ? nothing : found->second;
    const std::string ended = done_for_good(responder.nature, past);
    // What was done for good is the last of what has ended.
    out.repeat = ended.empty() || past.is_open ? past.ended : past.ended - 1;
    out.action_id = id_of_action(step, out.target_key, out.repeat);
    if (past.shadowed) out.shadowed_id = id_of_action(step, out.target_key, *past.shadowed);
    if (step.lasts) out.lasts = doubled(*step.lasts, past.blocks, facts_.lasts_max);
    out.due = {facts_.alert.detected_at.microseconds + step.after.count()};
    out.expires = {out.due.microseconds + step.deadline.count()};
    if (past.is_open) {
      out.fate = StepFate::duplicate;
      out.why = "the same action is under way";
      out.is_to_be = true;
    } else if (!ended.empty()) {
      out.fate = StepFate::duplicate;
      out.why = ended;
      out.is_to_be = past.done > 0;
    } else if (past.shadowed && responder.mode == ResponderMode::shadow) {
      stay_in_shadow(out);
    }
  }

  /// A step that acts in the shadow follows one that does; nothing else follows what is not done.
  void wait_for_previous(std::size_t i, std::size_t previous_end, StepDecision& out) const {
    ENSURE(i > 0, "the first step waits for none");
    const bool is_same_target = playbook_.steps[i].target == playbook_.steps[i - 1].target;
    bool has_shadow = false;
    for (std::size_t at = previous_begin_; at < previous_end; ++at) {
      const StepDecision& before = out_[at];
      if (is_same_target && before.target_key != out.target_key) continue;
      const bool is_to_be = before.fate == StepFate::run || before.is_to_be;
      has_shadow =
          has_shadow || before.fate == StepFate::shadow || (!is_to_be && !before.shadowed_id.empty());
      if (is_to_be) out.needs.push_back(before.action_id);
    }
    if (!out.needs.empty() || (has_shadow && out.fate == StepFate::shadow)) return;
    out.fate = StepFate::previous;
    out.why = "the step before it is not done";
  }

  const PlaybookSet& set_;
  const Playbook& playbook_;
  const DecisionFacts& facts_;
  std::vector<StepDecision> out_;
  std::size_t previous_begin_ = 0;  // of the decisions of the step before
};

/// Why the playbook is not for this alert; nothing where it is.
std::optional<std::string> why_not_for(const Playbook& playbook, PlaybookReader& reader) {
  if (!playbook.when || sigma::holds(*playbook.when, reader)) return std::nullopt;
  return why_not(sigma::explain(*playbook.when, reader));
}

}  // namespace

std::string_view step_fate_name(StepFate fate) {
  switch (fate) {
    case StepFate::run: return "run";
    case StepFate::shadow: return "shadow";
    case StepFate::duplicate: return "duplicate";
    case StepFate::expired: return "expired";
    case StepFate::condition: return "condition";
    case StepFate::stage: return "stage";
    case StepFate::off: return "off";
    case StepFate::no_target: return "no_target";
    case StepFate::no_address: return "no_address";
    case StepFate::previous: return "previous";
  }
  return "run";
}

std::vector<StepDecision> decide(const PlaybookSet& set, const DecisionFacts& facts) {
  PlaybookReader reader(set.fields, facts.alert, facts.incident);
  std::vector<StepDecision> out;
  for (const Playbook& playbook : set.playbooks) {
    auto decisions = StepDecider(set, playbook, facts).decide(why_not_for(playbook, reader));
    std::move(decisions.begin(), decisions.end(), std::back_inserter(out));
  }
  return out;
}

void stay_in_shadow(StepDecision& decision) {
  decision.fate = StepFate::duplicate;
  decision.why = "the same action is in shadow";
  decision.action_id = decision.shadowed_id;
}

Duration doubled(Duration first, std::uint64_t repeat, Duration max) {
  Duration out = std::min(first, max);
  for (; repeat > 0 && out < max && out > Duration(0); --repeat) out = std::min(out * 2, max);
  return out;
}

}  // namespace alarum
