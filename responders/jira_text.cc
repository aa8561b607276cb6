#include "responders/jira_text.h"

#include "responders/foreign_text.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::size_t document_units_max = 20'000;  // of 32,767: Jira does not say how it counts markup
constexpr std::size_t text_units_max = 8'000;       // so that a long one leaves room for what follows
constexpr std::size_t line_units_max = 300;
constexpr std::size_t list_max = 50;
constexpr std::size_t lines_max = 400;  // of a text

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Wiki markup has no dot between letters or digits (`h1. ` has a space behind it): so addresses can still be
/// searched for.
bool is_inner_dot(std::string_view text, std::size_t at) {
  return text[at] == '.' && at > 0 && at + 1 < text.size() && is_letter_or_digit(text[at - 1]) &&
         is_letter_or_digit(text[at + 1]);
}

std::string as_wiki(std::string_view text, std::size_t at, std::size_t size) {
  const char c = text[at];
  const bool is_ascii = static_cast<unsigned char>(c) < 0x80U;
  if (!is_ascii || c == ' ' || is_letter_or_digit(c) || is_inner_dot(text, at))
    return std::string(text.substr(at, size));
  return "&#" + std::to_string(static_cast<unsigned>(c)) + ";";
}

std::string one_line(std::string_view text) { return shown(text, Lines::one, line_units_max); }

void add_time(std::vector<JiraLine>& lines, std::string_view label, std::optional<Timestamp> time) {
  if (time) lines.push_back({std::string(label), format_time(*time)});
}

/// The notice's text, a line each.
void add_text(std::vector<JiraLine>& lines, const IncidentNotice& notice) {
  const std::string text = shown(notice.text, Lines::several, text_units_max);
  std::size_t begin = 0;
  for (std::size_t count = 0; begin < text.size(); ++count) {
    if (count == lines_max) {
      lines.push_back({{}, "…"});
      return;
    }
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) lines.push_back({{}, text.substr(begin, end - begin)});
    begin = end + 1;
  }
}

void add_state(std::vector<JiraLine>& lines, const IncidentNotice& notice) {
  lines.push_back({"Level", one_line(notice.level)});
  lines.push_back({"State", one_line(notice.state)});
  if (!notice.verdict.empty()) lines.push_back({"Verdict", one_line(notice.verdict)});
  lines.push_back({"Alerts", std::to_string(notice.alerts)});
}

void add_end(std::vector<JiraLine>& lines, std::string_view label, std::size_t count) {
  if (count > list_max)
    lines.push_back({std::string(label), "and " + std::to_string(count - list_max) + " more"});
}

/// The line as both ways of writing need it: with no more than `units` of text, encoded.
std::string encoded(const JiraLine& line, JiraEdition edition, std::size_t units) {
  if (line.is_link) return fitted(line.text, units).text;
  return edition == JiraEdition::cloud ? fitted(line.text, units).text : jira_wiki_text(line.text, units);
}

void write_paragraph(JsonWriter& json, const JiraLine& line, const std::string& text) {
  json.begin_object().key("type").text("paragraph").key("content").begin_array();
  if (!line.label.empty())
    json.begin_object().key("type").text("text").key("text").text(line.label + ": ").end_object();
  json.begin_object().key("type").text("text").key("text").text(text);
  if (line.is_link) {
    json.key("marks").begin_array().begin_object().key("type").text("link");
    json.key("attrs").begin_object().key("href").text(text).end_object().end_object().end_array();
  }
  json.end_object().end_array().end_object();
}

std::string wiki_line(const JiraLine& line, const std::string& text) {
  const std::string label = line.label.empty() ? std::string() : line.label + ": ";
  return label + (line.is_link ? "[" + text + "]" : text) + "\n";
}

}  // namespace

std::string jira_action_line(std::string_view action_id) { return "alarum action " + std::string(action_id); }

std::vector<JiraLine> jira_description(const IncidentNotice& notice) {
  std::vector<JiraLine> out;
  add_state(out, notice);
  add_time(out, "First event", notice.first_event_time);
  add_time(out, "Last event", notice.last_event_time);
  add_time(out, "Opened", notice.opened);
  if (is_plain_link(notice.link)) out.push_back({"Incident", notice.link, true});
  add_text(out, notice);
  for (std::size_t i = 0; i < std::min(notice.rule_ids.size(), list_max); ++i)
    out.push_back({"Rule", one_line(notice.rule_ids[i])});
  add_end(out, "Rule", notice.rule_ids.size());
  for (std::size_t i = 0; i < std::min(notice.entities.size(), list_max); ++i)
    out.push_back({"Entity", one_line(notice.entities[i].type + " " + notice.entities[i].value)});
  add_end(out, "Entity", notice.entities.size());
  out.push_back({{}, "alarum incident " + notice.incident_id});
  return out;
}

std::vector<JiraLine> jira_comment_lines(const IncidentNotice& notice) {
  std::vector<JiraLine> out;
  add_text(out, notice);
  add_state(out, notice);
  add_time(out, "Last event", notice.last_event_time);
  out.push_back({{}, jira_action_line(notice.action_id)});
  return out;
}

void write_jira_text(JsonWriter& json, JiraEdition edition, const std::vector<JiraLine>& lines) {
  const bool is_cloud = edition == JiraEdition::cloud;
  std::string wiki;
  const auto write = [&](const JiraLine& line, std::size_t units) {
    const std::string text = encoded(line, edition, units);
    if (text.empty()) return;  // ADF has no empty texts
    if (is_cloud) {
      write_paragraph(json, line, text);
    } else {
      wiki += wiki_line(line, text);
    }
  };
  if (is_cloud) {
    json.begin_object().key("type").text("doc").key("version").number(1);
    json.key("content").begin_array();
  }
  std::size_t units_left = document_units_max;
  for (std::size_t i = 0; i + 1 < lines.size() && units_left > 0; ++i) {
    constexpr std::size_t around = 5;  // a colon and a space, the brackets of a link, a line feed
    const std::size_t text_units = utf16_units(encoded(lines[i], edition, units_left));
    const std::size_t size = lines[i].label.size() + text_units + around;
    // A link that is cut leads elsewhere.
    if (!lines[i].is_link || size <= units_left) write(lines[i], units_left);
    if (size > units_left) write({{}, "…"}, 1);
    units_left -= std::min(size, units_left);
  }
  if (!lines.empty()) write(lines.back(), line_units_max);
  if (is_cloud) {
    json.end_array().end_object();
  } else {
    json.text(wiki);
  }
}

std::string jira_wiki_text(std::string_view text, std::size_t units_max) {
  return fitted(text, units_max, as_wiki).text;
}

}  // namespace alarum
