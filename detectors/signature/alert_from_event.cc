#include "detectors/signature/alert_from_event.h"

#include "daemon/base/digest.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/utf8.h"
#include "daemon/sigma/predicate.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::size_t fields_max = 32;
constexpr std::size_t field_json_max = 1024;

std::string alert_id(const sigma::Rule& rule, const Event& event) {
  const Coordinates& at = event.coordinates();
  return id_of({rule.id, at.source, at.topic, std::to_string(at.partition), std::to_string(at.offset),
                at.timestamp ? std::to_string(at.timestamp->microseconds) : "",
                std::to_string(event.ordinal())});
}

std::string quoted(std::string_view text) {
  std::string json;
  JsonWriter(json).text(text);
  return json;
}

/// The beginning of a text as a JSON string that is not longer than a field may be.
std::string cut_text(std::string_view text) {
  std::string json;
  std::size_t kept = std::min(text.size(), field_json_max - 2);
  do {
    while (kept > 0 && kept < text.size() && (static_cast<unsigned char>(text[kept]) & 0xC0U) == 0x80U)
      --kept;
    json = quoted(text.substr(0, kept));
    kept = kept * 3 / 4;  // escapes made it longer: keep less
  } while (json.size() > field_json_max);
  return json;
}

/// One value as it stands in the record.
void show_one(std::string_view raw, std::string_view text, EvidenceField& out) {
  out.json = raw;
  if (out.json.size() > field_json_max) out.json = quoted(text);  // escapes may spell it longer than need be
  if (out.json.size() <= field_json_max) return;
  out.json = cut_text(text);
  out.cut_from = raw.size();
}

/// Several values as an array, without those that no longer fit.
void show_several(const std::vector<std::string_view>& raw, EvidenceField& out) {
  std::size_t whole = 1;
  for (const std::string_view value : raw) whole += value.size() + 1;
  JsonWriter json(out.json);
  json.begin_array();
  for (const std::string_view value : raw) {
    if (out.json.size() + value.size() + 2 > field_json_max) {
      out.cut_from = whole;
      break;
    }
    json.raw(value);
  }
  json.end_array();
}

/// The field's values as JSON: one as it is, several as an array. Objects have no value of their own.
EvidenceField evidence_field(std::string_view name, const JsonField& field, Event& event,
                             std::span<const FieldValue> texts) {
  std::vector<std::string_view> raw;
  std::string_view last_text;
  for (std::uint32_t i = 0; i < field.value_count; ++i) {
    if (texts[i].kind == FieldValue::Kind::object) continue;
    raw.push_back(event.document().raw_of(field, i));
    last_text = texts[i].text;
  }
  EvidenceField out{std::string(name), {}, 0};
  if (raw.size() == 1) show_one(raw.front(), last_text, out);
  if (raw.size() > 1) show_several(raw, out);
  return out;
}

/// Collects the fields of one event that are worth showing.
class EvidenceFields {
 public:
  EvidenceFields(Event& event, Evidence& out) : event_(event), out_(out) {}

  void add(std::string_view name, const JsonField& field, std::span<const FieldValue> texts) {
    const bool is_there = std::any_of(out_.fields.begin(), out_.fields.end(),
                                      [&](const EvidenceField& known) { return known.name == name; });
    if (is_there) return;
    EvidenceField made = evidence_field(name, field, event_, texts);
    if (made.json.empty()) return;
    if (out_.fields.size() == fields_max) {
      ++out_.fields_omitted;
    } else {
      out_.fields.push_back(std::move(made));
    }
  }

 private:
  Event& event_;
  Evidence& out_;
};

void collect_keywords(const sigma::Selection& selection, std::vector<const sigma::Item*>& out) {
  if (selection.kind == sigma::Selection::Kind::item && !selection.item.field) out.push_back(&selection.item);
  for (const sigma::Selection& part : selection.parts) collect_keywords(part, out);
}

/// The record's own fields in which a keyword stands.
void add_keyword_hits(const sigma::Rule& rule, Event& event, EvidenceFields& out) {
  std::vector<const sigma::Item*> keywords;
  for (const auto& identifier : rule.identifiers) collect_keywords(identifier.selection, keywords);
  if (keywords.empty()) return;
  for (const JsonField& field : event.document().fields) {
    const auto seen = event.read(field);
    const bool hit = std::any_of(seen.begin(), seen.end(), [&](const FieldValue& value) {
      return std::any_of(keywords.begin(), keywords.end(),
                         [&](const sigma::Item* item) { return satisfies_one_of(value, *item, event); });
    });
    if (hit) out.add(field.name, field, seen);
  }
}

Evidence evidence_of(const sigma::Rule& rule, const FieldTable& fields, Event& event) {
  const Coordinates& at = event.coordinates();
  Evidence out;
  out.source = at.source;
  out.topic = at.topic;
  out.partition = at.partition;
  out.offset = at.offset;
  out.timestamp = at.timestamp;
  out.ordinal = event.ordinal();
  EvidenceFields collected(event, out);
  for (const FieldId field : rule.fields) {
    const JsonField* const found = event.find(field);
    if (found != nullptr) collected.add(fields.name(field), *found, event.values(field));
  }
  add_keyword_hits(rule, event, collected);
  return out;
}

}  // namespace

AlertTemplate make_alert_template(const sigma::Rule& rule, const EntityTable& entities) {
  AlertTemplate out;
  out.rule = std::make_shared<const AlertRule>(
      AlertRule{rule.id, rule.title, rule.level, rule.status, rule.tags, rule.revision, rule.log_source});
  for (const auto& entity : rule.extension.entities) out.entities.emplace_back(entity.type, entity.field);
  if (!out.entities.empty()) return out;
  for (const EntityTable::Column& column : entities.columns_for(rule.log_source)) {
    out.entities.emplace_back(column.type, column.field);
  }
  return out;
}

Alert alert_from_event(const sigma::Rule& rule, const AlertTemplate& shared, const FieldTable& fields,
                       Event& event) {
  Alert out;
  out.id = alert_id(rule, event);
  out.rule = shared.rule;
  out.first_event_time = event.time();
  out.last_event_time = event.time();
  out.time_basis = event.time_basis();
  for (const auto& [type, field] : shared.entities) append_entities(type, field, event, out.entities);
  out.evidence.push_back(evidence_of(rule, fields, event));
  return out;
}

}  // namespace alarum
