#include "daemon/alert/alert.h"
#include "daemon/base/json_writer.h"

namespace alarum {
namespace {

void write_time(JsonWriter& json, std::string_view key, std::optional<Timestamp> time) {
  json.key(key);
  if (time) {
    json.text(format_time(*time));
  } else {
    json.null();
  }
}

void write_rule(JsonWriter& json, const AlertRule& rule) {
  json.key("rule").begin_object();
  json.key("id").text(rule.id).key("title").text(rule.title).key("level").text(rule.level);
  json.key("status").text(rule.status).key("tags").begin_array();
  for (const std::string& tag : rule.tags) json.text(tag);
  json.end_array().key("revision").text(rule.revision).end_object();
}

void write_log_source(JsonWriter& json, const LogSource& source) {
  json.key("log_source").begin_object();
  if (!source.product.empty()) json.key("product").text(source.product);
  if (!source.category.empty()) json.key("category").text(source.category);
  if (!source.service.empty()) json.key("service").text(source.service);
  json.end_object();
}

void write_evidence(JsonWriter& json, const Evidence& evidence) {
  json.begin_object().key("source").text(evidence.source).key("topic").text(evidence.topic);
  json.key("partition").number(evidence.partition).key("offset").number(evidence.offset);
  write_time(json, "timestamp", evidence.timestamp);
  json.key("ordinal").number(evidence.ordinal).key("fields").begin_object();
  bool is_cut = false;
  for (const EvidenceField& field : evidence.fields) {
    json.key(field.name).raw(field.json);
    is_cut |= field.cut_from > 0;
  }
  json.end_object();
  if (is_cut) {
    json.key("cut").begin_object();
    for (const EvidenceField& field : evidence.fields) {
      if (field.cut_from > 0) json.key(field.name).number(static_cast<std::int64_t>(field.cut_from));
    }
    json.end_object();
  }
  if (evidence.fields_omitted > 0) {
    json.key("fields_omitted").number(static_cast<std::int64_t>(evidence.fields_omitted));
  }
  json.end_object();
}

}  // namespace

std::string to_json(const Alert& alert) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.alert/1").key("alert_id").text(alert.id);
  json.key("kind").text("signature");
  write_rule(json, *alert.rule);
  write_log_source(json, alert.rule->log_source);
  write_time(json, "first_event_time", alert.first_event_time);
  write_time(json, "last_event_time", alert.last_event_time);
  json.key("time_basis").text(time_basis_name(alert.time_basis)).key("provisional").boolean(false);
  json.key("entities").begin_array();
  for (const Entity& entity : alert.entities) {
    json.begin_object().key("type").text(entity.type).key("value").text(entity.value).end_object();
  }
  json.end_array().key("evidence").begin_array();
  for (const Evidence& evidence : alert.evidence) write_evidence(json, evidence);
  json.end_array().key("detail").begin_object().end_object().end_object();
  return out;
}

}  // namespace alarum
