#include "daemon/api/action_json.h"

#include "daemon/api/control_answer.h"
#include "daemon/respond/entity_key.h"

namespace alarum {

void write_action(JsonWriter& json, const ActionSummary& action) {
  json.begin_object().key("action_id").text(action.id);
  write_text_or_null(json, "incident_id", action.incident);
  write_text_or_null(json, "rule_id", action.rule);
  write_text_or_null(json, "playbook", action.playbook);
  json.key("responder").text(action.responder).key("nature").text(action.nature);
  write_text_or_null(json, "target", shown_value(action.target));
  json.key("state").text(action.state).key("attempts").number(action.attempts);
  write_time(json, "intended", action.intended);
  write_time(json, "ended", action.ended);
  write_time(json, "until", action.until);
  write_text_or_null(json, "reference", action.reference);
  json.key("why").text(action.why).end_object();
}

void write_step(JsonWriter& json, const StepOutcome& step) {
  json.begin_object().key("playbook").text(step.playbook).key("step").number(step.step);
  json.key("responder").text(step.responder);
  write_text_or_null(json, "target", shown_value(step.target));
  json.key("fate").text(step.fate);
  write_text_or_null(json, "guard", step.guard);
  write_text_or_null(json, "entry", step.entry);
  json.key("why").text(step.why);
  write_text_or_null(json, "action_id", step.action_id);
  write_text_or_null(json, "alert_id", step.alert_id);
  write_time(json, "at", step.at);
  json.key("times").number(step.times).key("targets").number(step.targets).end_object();
}

void write_exemption(JsonWriter& json, const ExemptionEntry& exemption) {
  json.begin_object().key("network").text(exemption.network.to_text());
  json.key("kind").text(exemption_kind_name(exemption.kind));
  write_time(json, "until", exemption.until);
  write_time(json, "at", exemption.at);
  write_who(json, exemption.who, exemption.who_uid);
  json.key("why").text(exemption.why).end_object();
}

void write_audit_line(JsonWriter& json, const AuditLine& line) {
  json.begin_object().key("number").number(line.number);
  write_time(json, "at", line.entry.at);
  write_who(json, line.entry.who, line.entry.who_uid);
  json.key("what").text(line.entry.what).key("subject").text(line.entry.subject);
  write_text_or_null(json, "incident_id", line.entry.incident_id);
  json.key("detail").text(line.entry.detail).key("hash").text(line.hash).end_object();
}

void write_breaker(JsonWriter& json, const std::optional<TrippedBreaker>& breaker) {
  if (!breaker) {
    json.null();
    return;
  }
  json.begin_object().key("guard").text(breaker->guard).key("entry").text(breaker->entry);
  json.key("why").text(breaker->why);
  write_time(json, "at", breaker->at);
  json.end_object();
}

}  // namespace alarum
