#include "responders/jira_answer.h"

#include "daemon/base/json_node.h"
#include "responders/foreign_text.h"
#include "responders/jira.h"
#include "responders/jira_text.h"

#include <algorithm>

namespace alarum {
namespace {

using Kind = JsonNode::Kind;

constexpr std::size_t key_bytes_max = 64;
constexpr std::size_t id_digits_max = 20;
constexpr std::size_t reason_units_max = 200;
constexpr JsonNodeLimits limits{.bytes_max = jira_answer_bytes_max, .depth_max = 64};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// What Jira says is wrong, in its own words where it has some: a list of messages, or one for each field.
std::string reason_of(const std::string& body) {
  std::string out;
  const auto root = parse_json(body, limits);
  if (!root) return out;
  if (const JsonNode* const messages = root->find("errorMessages")) {
    for (const JsonNode& message : messages->items) out += (out.empty() ? "" : "; ") + message.text;
  }
  if (const JsonNode* const fields = root->find("errors")) {
    for (const JsonMember& field : fields->members)
      out += (out.empty() ? "" : "; ") + field.name + ": " + field.value.text;
  }
  return shown(out, Lines::one, reason_units_max);
}

Status expect_status(const HttpResponse& response, int status) {
  if (response.status == status) return {};
  const std::string reason = reason_of(response.body);
  return Error{ErrorCode::io, "Jira answers " + std::to_string(response.status) + " instead of " +
                                  std::to_string(status) + (reason.empty() ? "" : ": " + reason)};
}

Error not_it(std::string_view what) {
  return {ErrorCode::invalid, "Jira's answer is not what was asked for: " + std::string(what)};
}

/// The answer's JSON, which is an object.
Result<JsonNode> root_of(const HttpResponse& response, int status) {
  TRY_OK(expect_status(response, status));
  auto root = parse_json(response.body, limits);
  if (!root) return not_it(root.error().message);
  if (root->kind != Kind::object) return not_it("no object");
  return root;
}

/// The member of this kind.
Result<const JsonNode*> member(const JsonNode& object, std::string_view name, Kind kind) {
  const JsonNode* const found = object.find(name);
  if (found == nullptr || found->kind != kind)
    return not_it("no " + std::string(json_kind_name(kind)) + " '" + std::string(name) + "'");
  return found;
}

Result<std::string> issue_key(const JsonNode& issue) {
  TRY(const JsonNode* const key, member(issue, "key", Kind::text));
  if (!is_jira_issue_key(key->text))
    return not_it("'" + shown(key->text, Lines::one, key_bytes_max) + "' is no key of a ticket");
  return key->text;
}

/// Whether a text in this document, or a line of it, is `line`. As deep as `depth_max`.
bool has_line(const JsonNode& node, std::string_view line) {
  if (node.kind == Kind::text) {
    // Some Jiras end lines with two characters, whatever was sent.
    const std::string text = "\n" + node.text + "\n";
    const std::string begin = "\n" + std::string(line);
    return text.find(begin + "\n") != std::string::npos || text.find(begin + "\r\n") != std::string::npos;
  }
  const auto has_it = [&](const JsonNode& part) { return has_line(part, line); };
  return std::any_of(node.items.begin(), node.items.end(), has_it) ||
         std::any_of(node.members.begin(), node.members.end(),
                     [&](const JsonMember& part) { return has_it(part.value); });
}

}  // namespace

bool is_jira_issue_key(std::string_view text) {
  const std::size_t hyphen = text.find('-');
  if (text.size() > key_bytes_max || hyphen == std::string_view::npos || hyphen == 0 || !is_capital(text[0]))
    return false;
  const std::string_view project = text.substr(0, hyphen);
  const std::string_view number = text.substr(hyphen + 1);
  return !number.empty() && std::all_of(number.begin(), number.end(), is_digit) &&
         std::all_of(project.begin(), project.end(),
                     [](char c) { return is_capital(c) || is_digit(c) || c == '_'; });
}

Result<std::optional<std::string>> read_jira_search(const HttpResponse& response) {
  TRY(const JsonNode root, root_of(response, 200));
  TRY(const JsonNode* const issues, member(root, "issues", Kind::array));
  if (issues->items.empty()) return std::optional<std::string>();
  TRY(std::string key, issue_key(issues->items.front()));
  return std::optional<std::string>(std::move(key));
}

Result<std::string> read_jira_created(const HttpResponse& response) {
  TRY(const JsonNode root, root_of(response, 201));
  return issue_key(root);
}

Result<bool> read_jira_comments(const HttpResponse& response, std::string_view action_id) {
  TRY(const JsonNode root, root_of(response, 200));
  TRY(const JsonNode* const comments, member(root, "comments", Kind::array));
  const std::string line = jira_action_line(action_id);
  for (const JsonNode& comment : comments->items) {
    const JsonNode* const body = comment.find("body");
    if (body == nullptr) return not_it("a comment without 'body'");
    if (has_line(*body, line)) return true;
  }
  return false;
}

Result<bool> read_jira_labels(const HttpResponse& response, std::string_view action_id) {
  TRY(const JsonNode root, root_of(response, 200));
  TRY(const JsonNode* const fields, member(root, "fields", Kind::object));
  TRY(const JsonNode* const labels, member(*fields, "labels", Kind::array));
  const std::string label = jira_action_label(action_id);
  return std::any_of(labels->items.begin(), labels->items.end(),
                     [&](const JsonNode& one) { return one.text == label; });
}

Status read_jira_commented(const HttpResponse& response) { return expect_status(response, 201); }

Result<std::string> read_jira_transitions(const HttpResponse& response, std::string_view name) {
  TRY(const JsonNode root, root_of(response, 200));
  TRY(const JsonNode* const transitions, member(root, "transitions", Kind::array));
  std::string found;
  std::string names;
  for (const JsonNode& transition : transitions->items) {
    TRY(const JsonNode* const id, member(transition, "id", Kind::text));
    TRY(const JsonNode* const its_name, member(transition, "name", Kind::text));
    if (id->text.empty() || id->text.size() > id_digits_max ||
        !std::all_of(id->text.begin(), id->text.end(), is_digit))
      return not_it("the id of a transition is no number");
    names += (names.empty() ? "'" : ", '") + its_name->text + "'";
    if (its_name->text != name) continue;
    if (!found.empty())
      return not_it("two transitions have the name '" + shown(its_name->text, Lines::one, reason_units_max) +
                    "'");
    found = id->text;
  }
  if (!found.empty()) return found;
  return Error{ErrorCode::not_found, "the ticket has no transition '" + std::string(name) + "' now, only " +
                                         shown(names.empty() ? "none" : names, Lines::one, reason_units_max)};
}

Status read_jira_transitioned(const HttpResponse& response) { return expect_status(response, 204); }

Result<JiraState> read_jira_state(const HttpResponse& response) {
  TRY(const JsonNode root, root_of(response, 200));
  TRY(const JsonNode* const fields, member(root, "fields", Kind::object));
  TRY(const JsonNode* const status, member(*fields, "status", Kind::object));
  TRY(const JsonNode* const name, member(*status, "name", Kind::text));
  TRY(const JsonNode* const category, member(*status, "statusCategory", Kind::object));
  TRY(const JsonNode* const category_key, member(*category, "key", Kind::text));
  JiraState out{name->text, category_key->text == "done", {}};
  if (const JsonNode* const resolution = fields->find("resolution"); resolution && !resolution->is_null()) {
    TRY(const JsonNode* const its_name, member(*resolution, "name", Kind::text));
    out.resolution = its_name->text;
  }
  return out;
}

}  // namespace alarum
