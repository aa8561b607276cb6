#include "responders/slack.h"

#include "daemon/base/json_writer.h"
#include "responders/foreign_text.h"

#include <algorithm>

namespace alarum {
namespace {

// docs.slack.dev/reference/block-kit: what a block may hold.
constexpr std::size_t header_units_max = 150;
constexpr std::size_t section_units_max = 3000;
constexpr std::size_t field_units_max = 2000;
constexpr std::size_t link_bytes_max = 2900;

// What people still read.
constexpr std::size_t entity_units_max = 140;  // so that all of them fit into a section
constexpr std::size_t rule_units_max = 100;
constexpr std::size_t list_max = 20;
constexpr std::size_t word_units_max = 100;  // levels and states
constexpr std::size_t reason_units_max = 100;

/// As Slack wants every text: three characters would be the beginnings of its markup.
std::string escaped(std::string_view text, std::size_t units_max) {
  return fitted(text, units_max,
                [](std::string_view whole, std::size_t at, std::size_t size) -> std::string {
                  switch (whole[at]) {
                    case '&': return "&amp;";
                    case '<': return "&lt;";
                    case '>': return "&gt;";
                    default: return std::string(whole.substr(at, size));
                  }
                })
      .text;
}

void plain_text(JsonWriter& json, std::string_view text, std::size_t units_max) {
  json.begin_object().key("type").text("plain_text").key("text").text(escaped(text, units_max));
  json.key("emoji").boolean(false).end_object();
}

void section(JsonWriter& json, std::string_view text) {
  if (text.empty()) return;  // Slack refuses an empty text
  json.begin_object().key("type").text("section").key("text");
  plain_text(json, text, section_units_max);
  json.end_object();
}

std::string headline(const IncidentNotice& notice) {
  return shown(notice.level, Lines::one, word_units_max) + ": " +
         shown(notice.title, Lines::one, section_units_max);
}

void fields(JsonWriter& json, const IncidentNotice& notice) {
  json.begin_object().key("type").text("section").key("fields").begin_array();
  const auto field = [&](std::string_view name, const std::string& value) {
    plain_text(json, std::string(name) + "\n" + value, field_units_max);
  };
  const auto time = [&](std::string_view name, std::optional<Timestamp> when) {
    if (when) field(name, format_time(*when));
  };
  field("State", shown(notice.state, Lines::one, word_units_max));
  if (!notice.verdict.empty()) field("Verdict", shown(notice.verdict, Lines::one, word_units_max));
  field("Alerts", std::to_string(notice.alerts));
  time("First event", notice.first_event_time);
  time("Last event", notice.last_event_time);
  time("Opened", notice.opened);
  json.end_array().end_object();
}

std::string with_the_rest(std::string lines, std::size_t count) {
  if (count > list_max) lines += "and " + std::to_string(count - list_max) + " more\n";
  return lines.substr(0, lines.empty() ? 0 : lines.size() - 1);  // without the last line feed
}

std::string entity_lines(const IncidentNotice& notice) {
  std::string out;
  for (std::size_t i = 0; i < std::min(notice.entities.size(), list_max); ++i) {
    const Entity& entity = notice.entities[i];
    out += shown(entity.type + " " + entity.value, Lines::one, entity_units_max) + "\n";
  }
  return with_the_rest(out, notice.entities.size());
}

std::string rule_lines(const IncidentNotice& notice) {
  std::string out;
  for (std::size_t i = 0; i < std::min(notice.rule_ids.size(), list_max); ++i)
    out += "rule " + shown(notice.rule_ids[i], Lines::one, rule_units_max) + "\n";
  return with_the_rest(out, notice.rule_ids.size());
}

/// The only text with markup, and it is all ours.
void link(JsonWriter& json, const std::string& url) {
  if (url.size() > link_bytes_max || !is_plain_link(url)) return;
  const std::string target = escaped(url, section_units_max);
  if (target.size() > link_bytes_max) return;
  json.begin_object().key("type").text("section").key("text").begin_object();
  json.key("type").text("mrkdwn").key("text").text("<" + target + "|Open the incident>");
  json.key("verbatim").boolean(true).end_object().end_object();
}

}  // namespace

std::string slack_body(const IncidentNotice& notice) {
  std::string out;
  JsonWriter json(out);
  // `text` is what a notification shows and what stands for the blocks where they are not.
  json.begin_object().key("text").text(escaped(headline(notice), header_units_max));
  json.key("mrkdwn").boolean(false).key("link_names").boolean(false);
  json.key("unfurl_links").boolean(false).key("unfurl_media").boolean(false).key("blocks").begin_array();
  json.begin_object().key("type").text("header").key("text");
  plain_text(json, headline(notice), header_units_max);
  json.end_object();
  fields(json, notice);
  section(json, entity_lines(notice));
  section(json, rule_lines(notice));
  section(json, shown(notice.text, Lines::several, section_units_max));
  link(json, notice.link);
  section(json, "incident " + notice.incident_id + "\naction " + notice.action_id);
  json.end_array().end_object();
  return out;
}

HttpRequest slack_request(const std::string& url, const IncidentNotice& notice) {
  HttpRequest out;
  out.method = HttpMethod::post;
  out.url = url;
  out.headers = {{"content-type", "application/json; charset=utf-8"}};
  out.body = slack_body(notice);
  return out;
}

Status read_slack_answer(const HttpResponse& response) {
  if (response.status == 200 && response.body == "ok") return {};
  return Error{ErrorCode::io, "Slack answers " + std::to_string(response.status) + ": '" +
                                  shown(response.body, Lines::one, reason_units_max) + "'"};
}

}  // namespace alarum
