#include "config/playbook_config.h"

namespace alarum {
namespace {

using Type = Option::Type;

constexpr Duration shortest = std::chrono::seconds(1);

const Section& step_section() {
  static const Section section = {
      .options = {
          {.name = "responder",
           .type = Type::text,
           .is_required = true,
           .example = "firewall",
           .help = "The name of the responder that does it."},
          {.name = "target",
           .type = Type::text,
           .example = "source.ip",
           .help = "The type of the alert's entities to act on, one action for each of them. For responders "
                   "that act; the others tell of the incident."},
          {.name = "for",
           .type = Type::duration,
           .min = shortest.count(),
           .max = action_duration_max.count(),
           .example = "15m",
           .help = "How long a block lasts; without it 15m. Each time the same step blocks the same target "
                   "again within seven days it is twice as long, up to guard_rails.duration_max. For "
                   "responders that block."},
          {.name = "after",
           .type = Type::duration,
           .default_value = {"0s"},
           .min = 0,
           .max = action_duration_max.count(),
           .help = "How long after the detection it is done."},
          {.name = "deadline",
           .type = Type::duration,
           .min = shortest.count(),
           .max = action_duration_max.count(),
           .example = "5m",
           .help =
               "How much later it may still begin; what is late is not done. Without it 5m for what acts, "
               "and 24h for what tells."},
          {.name = "only_if",
           .type = Type::word,
           .words = {"previous_done"},
           .example = "previous_done",
           .help = "Only once the step before it in the list is done."},
      }};
  return section;
}

PlaybookStepConfig step_of(const SectionValue& entry) {
  const auto duration_of = [&](std::string_view key) -> std::optional<Duration> {
    if (entry.at(key).origin.is_default()) return std::nullopt;
    return Duration(entry.value(key).number);
  };
  PlaybookStepConfig out;
  out.responder = entry.value("responder").text();
  out.target = entry.value("target").text();
  out.lasts = duration_of("for");
  out.after = Duration(entry.value("after").number);
  out.deadline = duration_of("deadline");
  out.is_only_if_done = !entry.at("only_if").origin.is_default();
  out.position = entry.origin().value;
  out.responder_position = entry.at("responder").origin.value;
  out.target_position = entry.at("target").origin.key;
  out.lasts_position = entry.at("for").origin.key;
  out.only_if_position = entry.at("only_if").origin.key;
  return out;
}

/// Playbooks of one file share it.
std::shared_ptr<const SourceFile> file_of(const SectionValue& entry,
                                          const std::vector<PlaybookConfig>& before) {
  const SourceFile& file = entry.origin().source->file();
  if (!before.empty() && before.back().file->path == file.path) return before.back().file;
  return std::make_shared<const SourceFile>(file);
}

}  // namespace

const Section& playbook_section() {
  static const Section section = {
      .options = {
          {.name = "name",
           .type = Type::text,
           .is_required = true,
           .example = "tell",
           .help = "What the playbook is called. Part of the ids of its actions: one that gets another name "
                   "is another one."},
          {.name = "when",
           .type = Type::selection,
           .is_required = true,
           .example = "{level|gte: medium}",
           .help = "For which alerts it is: a Sigma selection over the fields of the alert and its incident, "
                   "a list of them of which any will do, or named ones with a condition."},
          {.name = "do",
           .type = Type::short_list,
           .is_required = true,
           .section = &step_section(),
           .help = "What is done, in this order; the name of a responder alone is a step, too."},
      }};
  return section;
}

Option playbooks_option() {
  return {.name = "playbooks",
          .type = Type::section_list,
          .section = &playbook_section(),
          .help =
              "What is done about incidents. Without any, responders that tell are told of every incident "
              "and nothing acts. Entries of several files add up."};
}

std::vector<PlaybookConfig> playbook_configs(const SectionValue& root) {
  std::vector<PlaybookConfig> out;
  for (const SectionValue& entry : root.at("playbooks").sections) {
    auto file = file_of(entry, out);
    PlaybookConfig& playbook = out.emplace_back();
    playbook.name = entry.value("name").text();
    playbook.when = entry.value("when").node;
    playbook.file = std::move(file);
    playbook.position = entry.origin().value;
    for (const SectionValue& step : entry.at("do").sections) playbook.steps.push_back(step_of(step));
  }
  return out;
}

}  // namespace alarum
