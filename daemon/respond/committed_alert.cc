#include "daemon/respond/committed_alert.h"

#include "daemon/base/json_node.h"
#include "daemon/respond/incident.h"

#include <algorithm>

namespace alarum {
namespace {

/// Beyond what any record can become: an alert that is longer is none of ours.
constexpr JsonNodeLimits alert_limits{.bytes_max = 512U << 20U, .depth_max = 1100};

constexpr std::string_view alert_schema = "alarum.alert/1";

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

/// The member `name` of `object`, which has to be of this kind.
Result<const JsonNode*> member(const JsonNode& object, std::string_view name, JsonNode::Kind kind) {
  const JsonNode* const found = object.find(name);
  if (found == nullptr) return invalid("the alert has no '" + std::string(name) + "'");
  if (found->kind != kind)
    return invalid("'" + std::string(name) + "' of the alert is a " +
                   std::string(json_kind_name(found->kind)) + ", not a " + std::string(json_kind_name(kind)));
  return found;
}

Result<std::string> text_of(const JsonNode& object, std::string_view name) {
  TRY(const JsonNode* const found, member(object, name, JsonNode::Kind::text));
  return found->text;
}

/// A text that incidents can do without; empty where there is none.
std::string text_or_nothing(const JsonNode& object, std::string_view name) {
  const JsonNode* const found = object.find(name);
  return found != nullptr && found->is_text() ? found->text : "";
}

std::optional<Timestamp> time_or_nothing(const JsonNode& object, std::string_view name) {
  return parse_time(text_or_nothing(object, name));
}

Status read_rule(const JsonNode& alert, CommittedAlert& out) {
  TRY(const JsonNode* const rule, member(alert, "rule", JsonNode::Kind::object));
  TRY(out.rule_id, text_of(*rule, "id"));
  if (out.rule_id.empty()) return invalid("the alert's rule has no id");
  out.rule_title = text_or_nothing(*rule, "title");
  out.level = incident_levels[level_rank(text_or_nothing(*rule, "level"))];
  return {};
}

void read_entities(const JsonNode& alert, CommittedAlert& out) {
  const JsonNode* const entities = alert.find("entities");
  if (entities == nullptr) return;
  for (const JsonNode& item : entities->items) {
    if (out.entities.size() == alert_entities_max) return;
    Entity entity{text_or_nothing(item, "type"), text_or_nothing(item, "value")};
    const bool is_known = std::find(out.entities.begin(), out.entities.end(), entity) != out.entities.end();
    if (!is_known && !entity.type.empty()) out.entities.push_back(std::move(entity));
  }
}

Status read_times(const JsonNode& alert, CommittedAlert& out) {
  TRY(const std::string detected_at, text_of(alert, "detected_at"));
  const auto time = parse_time(detected_at);
  if (!time) return invalid("'detected_at' of the alert is no time");
  out.detected_at = *time;
  out.first_event_time = time_or_nothing(alert, "first_event_time");
  out.last_event_time = time_or_nothing(alert, "last_event_time");
  if (out.first_event_time && out.last_event_time < out.first_event_time)
    out.last_event_time = out.first_event_time;
  return {};
}

bool is_alert_id(std::string_view text) {
  return text.size() == incident_id_size && is_incident_prefix(text);
}

}  // namespace

Result<CommittedAlert> read_committed_alert(std::string_view key, std::string_view payload) {
  auto parsed = parse_json(payload, alert_limits);
  if (!parsed) return std::move(parsed).error().within("the alert is no JSON");
  const JsonNode& alert = *parsed;
  CommittedAlert out;
  TRY(const std::string schema, text_of(alert, "schema"));
  if (schema != alert_schema) return invalid("the alert is not of schema " + std::string(alert_schema));
  TRY(out.id, text_of(alert, "alert_id"));
  if (!is_alert_id(out.id)) return invalid("the alert's id is not of 32 hex digits");
  if (out.id != key) return invalid("the alert's id is not the entry's key");
  TRY_OK(read_rule(alert, out));
  TRY_OK(read_times(alert, out));
  read_entities(alert, out);
  const JsonNode* const evidence = alert.find("evidence");
  if (evidence != nullptr && !evidence->items.empty())
    out.source = text_or_nothing(evidence->items.front(), "source");
  out.json = payload;
  return out;
}

}  // namespace alarum
