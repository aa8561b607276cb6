#include "daemon/cli/incident_text.h"

#include "daemon/base/printable.h"
#include "daemon/cli/action_text.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace alarum::cli {
namespace {

constexpr std::size_t shown_digits = 8;  // of an id in lists
constexpr std::size_t revision_width = 4;
constexpr const char* indent = "          ";

std::string shown_text(const JsonNode& object, std::string_view name) {
  return printable(object.text_of(name));
}

/// The same with a dash for nothing.
std::string cell_of(const JsonNode& object, std::string_view name) {
  const std::string text = shown_text(object, name);
  return text.empty() ? "-" : text;
}

std::span<const JsonNode> items_of(const JsonNode& object, std::string_view name) {
  const JsonNode* const found = object.find(name);
  if (found == nullptr) return {};
  return found->items;
}

bool is_cut(const JsonNode& object, std::string_view name) {
  const JsonNode* const found = object.find(name);
  return found != nullptr && found->text == "true";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text + "  ";
}

Style style_of(std::string_view level) {
  if (level == "critical" || level == "high") return Style::red;
  return level == "medium" ? Style::yellow : Style::plain;
}

void write_row(Output& output, std::string_view name, const std::string& text) {
  output.write(padded(std::string(name), 8) + text + "\n");
}

std::string alerts_text(const JsonNode& node) {
  const std::string count = shown_text(node, "alerts");
  return count + (count == "1" ? " alert" : " alerts");
}

void write_counts(const JsonNode& answer, Output& output) {
  for (const JsonNode& rule : items_of(answer, "rules")) {
    const std::string interval = shown_text(rule, "repeat_interval_seconds");
    write_row(output, "rule",
              shown_text(rule, "title") + " (" + shown_text(rule, "level") + "): " + alerts_text(rule) +
                  ", last " + shown_text(rule, "last") +
                  (interval.empty() ? "" : ", every " + interval + " s on average"));
  }
  if (is_cut(answer, "rules_cut")) output.write(std::string(indent) + "and more rules\n");
  for (const JsonNode& entity : items_of(answer, "entities"))
    write_row(output, "entity",
              shown_text(entity, "type") + " " + shown_text(entity, "value") + ": " + alerts_text(entity) +
                  ", last " + shown_text(entity, "last"));
  if (is_cut(answer, "entities_cut")) output.write(std::string(indent) + "and more entities\n");
}

/// The lines of a note below each other: a line end is one here, and everything else stays harmless.
void write_note(const JsonNode& note, Output& output) {
  write_row(output, "note",
            shown_text(note, "at") + " " + shown_text(note, "who") + ", " + shown_text(note, "kind") + ":");
  const JsonNode* const markdown = note.find("markdown");
  if (markdown == nullptr) return;
  std::string_view rest = markdown->text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    output.write(indent + printable(rest.substr(0, end)) + "\n");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

/// Where the page of before begins, if there is one.
void write_earlier(const JsonNode& answer, std::string_view next, const std::string& option, Output& output) {
  if (const std::string number = shown_text(answer, next); !number.empty())
    output.write(indent + option + number + "\n");
}

void write_journal(const JsonNode& answer, Output& output) {
  write_earlier(answer, "next_journal_before", "earlier changes: --journal-before ", output);
  for (const JsonNode& entry : items_of(answer, "journal")) {
    const std::string why = shown_text(entry, "why");
    const std::string from = shown_text(entry, "from");
    write_row(output, "journal",
              shown_text(entry, "at") + " " + shown_text(entry, "who") + ": " + shown_text(entry, "change") +
                  " " + (from.empty() ? "" : from + " → ") + cell_of(entry, "to") +
                  (why.empty() ? "" : ", " + why));
  }
}

void write_alerts(const JsonNode& answer, Output& output) {
  for (const JsonNode& alert : items_of(answer, "alerts")) {
    const JsonNode* const rule = alert.find("rule");
    write_row(output, "alert",
              shown_text(alert, "detected_at") + " " + shown_text(alert, "alert_id") + " " +
                  (rule == nullptr ? "" : shown_text(*rule, "title")));
  }
  write_earlier(answer, "next_alerts_before", "earlier alerts: --alerts-before ", output);
}

}  // namespace

void write_incident_line(const JsonNode& incident, Output& output) {
  const std::string level = shown_text(incident, "level");
  output.write(padded(shown_text(incident, "incident_id").substr(0, shown_digits), shown_digits) +
               padded("r" + shown_text(incident, "revision"), revision_width) +
               output.styled(style_of(level), padded(level, 13)) + padded(shown_text(incident, "state"), 12) +
               padded(shown_text(incident, "alerts"), 6) + padded(cell_of(incident, "last_event_time"), 27) +
               padded(cell_of(incident, "assignee"), 10) + shown_text(incident, "title") + "\n");
}

void write_incident_list(const JsonNode& list, Output& output) {
  const auto incidents = items_of(list, "incidents");
  if (incidents.empty()) {
    output.write("no incidents; those that are resolved are shown with --state all\n");
    return;
  }
  output.write(output.styled(Style::bold, padded("ID", shown_digits) + padded("REV", revision_width) +
                                              padded("LEVEL", 13) + padded("STATE", 12) +
                                              padded("ALERTS", 6) + padded("LAST EVENT", 27) +
                                              padded("ASSIGNEE", 10) + "TITLE") +
               "\n");
  for (const JsonNode& incident : incidents) write_incident_line(incident, output);
  if (const std::string next = shown_text(list, "next_before"); !next.empty())
    output.write("older ones: --before " + next + "\n");
}

void write_whole_incident(const JsonNode& answer, Output& output) {
  const JsonNode* const incident = answer.find("incident");
  if (incident == nullptr) return;
  const std::string level = shown_text(*incident, "level");
  write_row(output, "incident", output.styled(Style::bold, shown_text(*incident, "incident_id")));
  write_row(output, "title", shown_text(*incident, "title"));
  write_row(output, "level", output.styled(style_of(level), level));
  write_row(output, "state", shown_text(*incident, "state") + ", r" + shown_text(*incident, "revision"));
  write_row(output, "assignee", cell_of(*incident, "assignee"));
  write_row(output, "verdict", cell_of(*incident, "verdict"));
  write_row(output, "opened", shown_text(*incident, "opened"));
  write_row(output, "events",
            alerts_text(*incident) + ", from " + cell_of(*incident, "first_event_time") + " to " +
                cell_of(*incident, "last_event_time"));
  write_counts(answer, output);
  write_earlier(answer, "next_notes_before", "earlier notes: --notes-before ", output);
  for (const JsonNode& note : items_of(answer, "notes")) write_note(note, output);
  write_journal(answer, output);
  write_steps_and_actions(answer, output);
  write_alerts(answer, output);
}

}  // namespace alarum::cli
