#include "daemon/api/incident_json.h"

#include "daemon/api/control_answer.h"

#include <array>
#include <cstdio>

namespace alarum {
namespace {

void write_span(JsonWriter& json, const IncidentCount& count) {
  json.key("alerts").number(count.alerts);
  write_time(json, "first", count.first);
  write_time(json, "last", count.last);
}

/// Seconds from one alert to the next, on average; nothing where there is only one.
void write_interval(JsonWriter& json, const IncidentCount& count) {
  json.key("repeat_interval_seconds");
  if (count.alerts < 2) {
    json.null();
    return;
  }
  const double span = static_cast<double>(count.last.microseconds - count.first.microseconds) / 1e6;
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.3f", span / static_cast<double>(count.alerts - 1));
  json.raw(text.data());
}

}  // namespace

void write_incident(JsonWriter& json, const IncidentSummary& incident) {
  json.begin_object().key("incident_id").text(incident.id);
  json.key("state").text(incident_state_name(incident.state)).key("level").text(incident.level);
  json.key("title").text(incident.title);
  write_time(json, "opened", incident.opened);
  write_time(json, "first_event_time", incident.first_event);
  write_time(json, "last_event_time", incident.last_event);
  json.key("alerts").number(incident.alerts);
  write_text_or_null(json, "assignee", incident.assignee);
  write_text_or_null(json, "verdict", incident.verdict);
  json.key("revision").number(incident.revision).end_object();
}

void write_rule_count(JsonWriter& json, const IncidentCount& rule) {
  json.begin_object().key("id").text(rule.name).key("title").text(rule.value).key("level").text(rule.level);
  write_span(json, rule);
  write_interval(json, rule);
  json.end_object();
}

void write_entity_count(JsonWriter& json, const IncidentCount& entity) {
  json.begin_object().key("type").text(entity.name).key("value").text(entity.value);
  write_span(json, entity);
  json.end_object();
}

void write_journal_entry(JsonWriter& json, const JournalEntry& entry) {
  json.begin_object();
  write_time(json, "at", entry.at);
  write_who(json, entry.who, entry.who_uid);
  json.key("change").text(entry.change).key("from").text(entry.from);
  json.key("to").text(entry.to).key("why").text(entry.why).end_object();
}

void write_note(JsonWriter& json, const IncidentNote& note) {
  json.begin_object();
  write_time(json, "at", note.at);
  write_who(json, note.who, note.who_uid);
  json.key("kind").text(note.kind).key("markdown").text(note.markdown).end_object();
}

}  // namespace alarum
