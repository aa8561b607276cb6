#include "responders/jira.h"

#include "daemon/base/base64.h"
#include "daemon/base/ensure.h"
#include "daemon/base/json_writer.h"
#include "responders/foreign_text.h"
#include "responders/jira_answer.h"

namespace alarum {
namespace {

constexpr std::size_t summary_units_max = 255;

HttpRequest get(const JiraTarget& target, std::string_view path) {
  HttpRequest out;
  const std::string_view version = target.edition == JiraEdition::cloud ? "3" : "2";
  out.url = target.base_url + "/rest/api/" + std::string(version) + std::string(path);
  out.response_bytes_max = jira_answer_bytes_max;
  out.headers = {{"authorization", target.authorization}, {"accept", "application/json"}};
  return out;
}

HttpRequest post(const JiraTarget& target, std::string_view path, std::string body) {
  HttpRequest out = get(target, path);
  out.method = HttpMethod::post;
  out.headers.push_back({"content-type", "application/json"});
  out.body = std::move(body);
  return out;
}

/// The path of a ticket. The key becomes part of a URL, so it was checked when an answer gave it.
std::string path_of(std::string_view issue) {
  ENSURE(is_jira_issue_key(issue), "tickets are named by the keys that answers gave");
  return "/issue/" + std::string(issue);
}

/// A text in quotes as JQL reads it.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string basic_authorization(std::string_view user, std::string_view secret) {
  return "Basic " + base64(std::string(user).append(":").append(secret));
}

std::string jira_action_label(std::string_view action_id) {
  return "alarum-action-" + std::string(action_id);
}

bool has_jira_label(std::string_view incident_id) {
  constexpr std::string_view digits = "0123456789abcdef";
  return !incident_id.empty() && incident_id.find_first_not_of(digits) == std::string_view::npos;
}

std::string jira_label(std::string_view incident_id) {
  ENSURE(has_jira_label(incident_id), "the id of an incident is hex digits");
  return "alarum-" + std::string(incident_id);
}

HttpRequest jira_search(const JiraTarget& target, std::string_view incident_id) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("jql").text("project = " + quoted(target.project) + " AND labels = " +
                                      quoted(jira_label(incident_id)) + " ORDER BY created ASC");
  json.key("maxResults").number(10).key("fields").begin_array().text("key").text("created").end_array();
  json.end_object();
  // The older path of the two is gone from the cloud since 2025, and the newer one is only there.
  const bool is_cloud = target.edition == JiraEdition::cloud;
  HttpRequest out = post(target, is_cloud ? "/search/jql" : "/search", std::move(body));
  out.is_repeatable = true;
  return out;
}

HttpRequest jira_create(const JiraTarget& target, const IncidentNotice& notice) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("fields").begin_object();
  json.key("project").begin_object().key("key").text(target.project).end_object();
  json.key("issuetype").begin_object().key("name").text(target.issue_type).end_object();
  json.key("summary").text(shown(notice.level + ": " + notice.title, Lines::one, summary_units_max));
  json.key("labels").begin_array().text(jira_label(notice.incident_id));
  json.text(jira_action_label(notice.action_id)).end_array().key("description");
  write_jira_text(json, target.edition, jira_description(notice));
  json.end_object().end_object();
  return post(target, "/issue", std::move(body));
}

HttpRequest jira_comments(const JiraTarget& target, std::string_view issue) {
  return get(target, path_of(issue) + "/comment?orderBy=-created&maxResults=50");
}

HttpRequest jira_comment(const JiraTarget& target, std::string_view issue, const IncidentNotice& notice) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("body");
  write_jira_text(json, target.edition, jira_comment_lines(notice));
  json.end_object();
  return post(target, path_of(issue) + "/comment", std::move(body));
}

HttpRequest jira_transitions(const JiraTarget& target, std::string_view issue) {
  return get(target, path_of(issue) + "/transitions");
}

HttpRequest jira_transition(const JiraTarget& target, std::string_view issue,
                            std::string_view transition_id) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("transition").begin_object().key("id").text(transition_id);
  json.end_object().end_object();
  return post(target, path_of(issue) + "/transitions", std::move(body));
}

HttpRequest jira_labels(const JiraTarget& target, std::string_view issue) {
  return get(target, path_of(issue) + "?fields=labels");
}

HttpRequest jira_state(const JiraTarget& target, std::string_view issue) {
  return get(target, path_of(issue) + "?fields=status,resolution");
}

}  // namespace alarum
