#include "daemon/respond/playbook_compiler.h"

#include "config/secret.h"
#include "daemon/base/suggest.h"
#include "daemon/respond/playbook_condition.h"
#include "daemon/respond/playbook_fields.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace alarum {
namespace {

constexpr Duration acting_deadline = std::chrono::minutes(5);
constexpr Duration telling_deadline = std::chrono::hours(24);
/// How long a block lasts of which nobody says it.
constexpr Duration usual_block = std::chrono::minutes(15);

class PlaybookCompiler {
 public:
  PlaybookCompiler(PlaybookSet& set, Diagnostics& diagnostics) : set_(set), diagnostics_(diagnostics) {}

  void add(const PlaybookConfig& config) {
    Playbook playbook;
    playbook.name = config.name;
    // Without one it is wrong already, and has been told.
    if (config.when != nullptr) playbook.when = parse_when(*config.when, set_.fields, diagnostics_);
    std::map<std::size_t, int> counts;
    for (const PlaybookStepConfig& step : config.steps) {
      if (&step == &config.steps.front()) check_first(step);
      const std::size_t responder = responder_of(step);
      if (responder == set_.responders.size()) continue;
      check_step(step, set_.responders[responder]);
      playbook.steps.push_back(step_of(step, config.name, responder, ++counts[responder]));
    }
    set_.playbooks.push_back(std::move(playbook));
  }

 private:
  /// The place of the responder that a step names; the end where there is none.
  std::size_t responder_of(const PlaybookStepConfig& step) {
    const auto& all = set_.responders;
    const auto found = std::find_if(all.begin(), all.end(), [&](const PlaybookResponder& responder) {
      return responder.name == step.responder;
    });
    if (found == all.end() && !step.responder.empty()) {
      std::vector<std::string_view> known;
      known.reserve(all.size());
      for (const PlaybookResponder& responder : all) known.push_back(responder.name);
      const std::string hint = did_you_mean(step.responder, known);
      diagnostics_.error(step.responder_position, "unknown_responder",
                         "there is no responder '" + step.responder + "'",
                         hint.empty() ? "describe it below 'responders:'" : hint);
    }
    return static_cast<std::size_t>(found - all.begin());
  }

  void check_first(const PlaybookStepConfig& step) {
    if (!step.is_only_if_done) return;
    diagnostics_.error(step.only_if_position, "excluded_key", "there is no step before the first one",
                       "leave 'only_if' out");
  }

  void check_step(const PlaybookStepConfig& step, const PlaybookResponder& responder) {
    if (responder.nature == ResponderNature::takes_all) {
      diagnostics_.error(step.responder_position, "needless_step",
                         "'" + responder.name + "' takes every alert, without any playbook",
                         "name a responder that tells or acts");
      return;
    }
    if (is_acting(responder.nature)) {
      check_target(step, responder);
    } else if (!step.target.empty()) {
      diagnostics_.error(step.target_position, "wrong_kind",
                         "'" + responder.name + "' tells of incidents and acts on nothing",
                         "leave 'target' out");
    }
    check_lasts(step, responder);
  }

  void check_target(const PlaybookStepConfig& step, const PlaybookResponder& responder) {
    const std::string& target = step.target;
    if (target.empty()) {
      diagnostics_.error(step.position, "missing_key",
                         "'" + responder.name + "' acts, and nothing says on what: 'target' is missing",
                         "write the type of an entity, such as source.ip");
    } else if (target.starts_with(entity_prefix)) {
      diagnostics_.error(step.target_position, "invalid_value",
                         "'target' takes the type of an entity, without '" + std::string(entity_prefix) + "'",
                         "write '" + target.substr(entity_prefix.size()) + "'");
    } else if (responder.nature == ResponderNature::blocking && !target.ends_with(address_suffix)) {
      diagnostics_.error(step.target_position, "invalid_value",
                         "'" + responder.name + "' blocks addresses, and '" + target + "' is none",
                         "write a type that ends in .ip, such as source.ip");
    } else {
      warn_of_type(step);
    }
  }

  /// Rules may give entities of any type, so it may be meant.
  void warn_of_type(const PlaybookStepConfig& step) {
    const auto types = usual_entity_types();
    const std::string hint = did_you_mean(step.target, types);
    if (hint.empty() || std::find(types.begin(), types.end(), step.target) != types.end()) return;
    diagnostics_.warning(step.target_position, "unusual_entity",
                         "only rules that say so give entities of type '" + step.target + "'", hint);
  }

  void check_lasts(const PlaybookStepConfig& step, const PlaybookResponder& responder) {
    if (responder.nature == ResponderNature::blocking || !step.lasts) return;
    diagnostics_.error(step.lasts_position, "wrong_kind", "what '" + responder.name + "' does has no end",
                       "leave 'for' out");
  }

  PlaybookStep step_of(const PlaybookStepConfig& step, const std::string& playbook, std::size_t responder,
                       int count) const {
    const PlaybookResponder& who = set_.responders[responder];
    PlaybookStep out;
    // No name of a responder has a '/' or a '#', so no two steps have the same id, whatever playbooks are
    // called.
    out.id = playbook + "/" + who.name + "#" + std::to_string(count);
    out.responder = responder;
    out.target = step.target;
    if (who.nature == ResponderNature::blocking) out.lasts = step.lasts.value_or(usual_block);
    out.after = step.after;
    out.deadline = step.deadline.value_or(is_acting(who.nature) ? acting_deadline : telling_deadline);
    out.is_only_if_done = step.is_only_if_done;
    return out;
  }

  PlaybookSet& set_;
  Diagnostics& diagnostics_;
};

/// Every responder that tells is told; nothing acts.
Playbook tell_all(const std::vector<PlaybookResponder>& responders) {
  Playbook out;
  out.name = default_playbook;
  for (std::size_t i = 0; i < responders.size(); ++i) {
    if (responders[i].nature != ResponderNature::telling) continue;
    PlaybookStep& step = out.steps.emplace_back();
    step.id = out.name + "/" + responders[i].name + "#1";
    step.responder = i;
    step.deadline = telling_deadline;
  }
  return out;
}

}  // namespace

CompiledPlaybooks compile_playbooks(std::span<const PlaybookConfig> playbooks,
                                    std::vector<PlaybookResponder> responders) {
  CompiledPlaybooks out;
  out.set.responders = std::move(responders);
  if (playbooks.empty()) out.set.playbooks.push_back(tell_all(out.set.responders));
  for (std::size_t at = 0; at < playbooks.size();) {
    const auto& file = playbooks[at].file;
    Diagnostics diagnostics(*file);
    PlaybookCompiler compiler(out.set, diagnostics);
    for (; at < playbooks.size() && playbooks[at].file == file; ++at) compiler.add(playbooks[at]);
    for (Diagnostic item : diagnostics.items()) {
      item.source_line = without_secrets(std::move(item.source_line));
      out.problems.push_back(std::move(item));
    }
  }
  return out;
}

}  // namespace alarum
