#include "daemon/respond/playbook_fields.h"

#include "daemon/base/fold.h"
#include "daemon/base/json_node.h"
#include "daemon/respond/incident.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

using Kind = FieldValue::Kind;

constexpr std::array<std::string_view, 4> state_words = {"new", "acknowledged", "contained", "resolved"};

constexpr std::array<PlaybookField, 20> known_fields = {{{"level", incident_levels, true},
                                                         {"tags"},
                                                         {"kind"},
                                                         {"provisional"},
                                                         {"source"},
                                                         {"topic"},
                                                         {"rule.id"},
                                                         {"rule.title"},
                                                         {"rule.status"},
                                                         {"rule.revision"},
                                                         {"log_source.product"},
                                                         {"log_source.category"},
                                                         {"log_source.service"},
                                                         {entity_prefix},
                                                         {"incident.state", state_words, true},
                                                         {"incident.level", incident_levels, true},
                                                         {"incident.alert_count"},
                                                         {"incident.revision"},
                                                         {"incident.assignee"},
                                                         {"incident.verdict", incident_verdicts, false}}};

constexpr std::array<std::string_view, 5> entity_types = {"host.name", "user.name", "source.ip",
                                                          "destination.ip", "url.domain"};

/// The alert was read once already, within the same bounds.
constexpr JsonNodeLimits alert_limits{.bytes_max = 512U << 20U, .depth_max = 1100};

}  // namespace

std::span<const PlaybookField> playbook_fields() { return known_fields; }

const PlaybookField* find_playbook_field(std::string_view name) {
  if (name == entity_prefix) return nullptr;
  const std::string_view wanted = name.starts_with(entity_prefix) ? entity_prefix : name;
  const auto* const found = std::find_if(known_fields.begin(), known_fields.end(),
                                         [&](const PlaybookField& field) { return field.name == wanted; });
  return found == known_fields.end() ? nullptr : found;
}

std::span<const std::string_view> usual_entity_types() { return entity_types; }

PlaybookReader::PlaybookReader(const FieldTable& names, const CommittedAlert& alert,
                               const IncidentSummary& incident)
    : names_(names) {
  add_alert(alert);
  add_incident(incident);
}

std::span<const FieldValue> PlaybookReader::values(FieldId field) {
  const auto found = fields_.find(names_.name(field));
  return found == fields_.end() ? std::span<const FieldValue>() : std::span<const FieldValue>(found->second);
}

void PlaybookReader::add(std::string_view name, FieldValue::Kind kind, std::string_view text) {
  const std::string_view kept = texts_.emplace_back(text);
  const std::string_view kept_folded = texts_.emplace_back(folded(text));
  const FieldValue value{kind, kept, kept_folded};
  auto& values = fields_.try_emplace(without_spaces(name)).first->second;
  const bool is_known = std::any_of(values.begin(), values.end(),
                                    [&](const FieldValue& other) { return other.text == value.text; });
  if (is_known) return;
  values.push_back(value);
  all_.push_back(value);
}

/// What is empty is as if it were not there: a rule without a status, an incident without an assignee.
void PlaybookReader::add_text(std::string_view name, std::string_view text) {
  if (!text.empty()) add(name, Kind::text, text);
}

void PlaybookReader::add_number(std::string_view name, std::int64_t number) {
  add(name, Kind::number, std::to_string(number));
}

void PlaybookReader::add_alert(const CommittedAlert& alert) {
  add_text("level", alert.level);
  add_text("rule.id", alert.rule_id);
  add_text("rule.title", alert.rule_title);
  for (const Entity& entity : alert.entities)
    add_text(std::string(entity_prefix) + entity.type, entity.value);

  const auto read = parse_json(alert.json, alert_limits);
  if (!read) return;
  add_text("kind", read->text_of("kind"));
  const JsonNode* const provisional = read->find("provisional");
  if (provisional != nullptr && provisional->kind == JsonNode::Kind::boolean)
    add("provisional", Kind::boolean, provisional->text);
  if (const JsonNode* const rule = read->find("rule")) {
    add_text("rule.status", rule->text_of("status"));
    add_text("rule.revision", rule->text_of("revision"));
    if (const JsonNode* const tags = rule->find("tags")) {
      for (const JsonNode& tag : tags->items) add_text("tags", tag.text);
    }
  }
  if (const JsonNode* const log_source = read->find("log_source")) {
    for (const std::string_view key : {"product", "category", "service"})
      add_text("log_source." + std::string(key), log_source->text_of(key));
  }
  if (const JsonNode* const evidence = read->find("evidence")) {
    for (const JsonNode& event : evidence->items) {
      add_text("source", event.text_of("source"));
      add_text("topic", event.text_of("topic"));
    }
  }
}

void PlaybookReader::add_incident(const IncidentSummary& incident) {
  add_text("incident.state", incident_state_name(incident.state));
  add_text("incident.level", incident.level);
  add_number("incident.alert_count", incident.alerts);
  add_number("incident.revision", incident.revision);
  add_text("incident.assignee", incident.assignee);
  add_text("incident.verdict", incident.verdict);
}

}  // namespace alarum
