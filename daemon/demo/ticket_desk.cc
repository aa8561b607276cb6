#include "daemon/demo/ticket_desk.h"

#include "daemon/base/json_node.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/printable.h"

#include <algorithm>
#include <utility>

namespace alarum::demo {
namespace {

constexpr std::size_t tickets_max = 1000;
constexpr std::string_view api = "/rest/api/3";
constexpr std::string_view issue_path = "/rest/api/3/issue/";
constexpr std::string_view browse_path = "/browse/";

/// As Jira says that something is wrong.
HttpAnswer refusal(int status, std::string_view message) {
  std::string body;
  JsonWriter json(body);
  json.begin_object().key("errorMessages").begin_array().text(message).end_array().end_object();
  return {status, body};
}

HttpAnswer missing() { return refusal(404, "there is no such ticket, or nothing that this stand-in knows"); }

/// The member's items; none where there is no such member.
std::vector<JsonNode> items_of(const JsonNode* object, std::string_view name) {
  const JsonNode* const found = object == nullptr ? nullptr : object->find(name);
  return found == nullptr ? std::vector<JsonNode>() : found->items;
}

/// The lines of a text in Atlassian's document format: its paragraphs.
std::vector<std::string> lines_of(const JsonNode* document) {
  std::vector<std::string> out;
  for (const JsonNode& paragraph : items_of(document, "content")) {
    std::string line;
    for (const JsonNode& piece : items_of(&paragraph, "content")) line += piece.text_of("text");
    out.push_back(std::move(line));
  }
  return out;
}

/// The label that a search asks for: `… labels = "LABEL" …`.
std::string label_of(const std::string& query) {
  constexpr std::string_view mark = "labels = \"";
  const std::size_t at = query.find(mark);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + mark.size();
  return query.substr(begin, query.find('"', begin) - begin);
}

}  // namespace

HttpAnswer TicketDesk::answer(const HttpQuestion& question) {
  const std::string_view path = std::string_view(question.path).substr(0, question.path.find('?'));
  if (question.method == "POST" && path == std::string(api) + "/search/jql") return search(question.body);
  if (question.method == "POST" && path == std::string(api) + "/issue") return create(question.body);
  if (question.method != "GET") return missing();
  if (path == "/") return show_all();
  if (path.starts_with(browse_path)) {
    const Ticket* const ticket = find(path.substr(browse_path.size()));
    return ticket == nullptr ? missing() : HttpAnswer{200, text_of(*ticket)};
  }
  return path.starts_with(issue_path) ? about(path.substr(issue_path.size())) : missing();
}

HttpAnswer TicketDesk::create(std::string_view body) {
  const auto root = parse_json(body, {});
  const JsonNode* const fields = root ? root->find("fields") : nullptr;
  const JsonNode* const project = fields == nullptr ? nullptr : fields->find("project");
  if (project == nullptr || fields->text_of("summary").empty()) {
    return refusal(400, "a ticket has a project and a summary");
  }
  if (tickets_.size() >= tickets_max) return refusal(400, "this stand-in keeps no more tickets");
  Ticket ticket{project->text_of("key") + "-" + std::to_string(tickets_.size() + 1),
                fields->text_of("summary"),
                {},
                lines_of(fields->find("description"))};
  for (const JsonNode& label : items_of(fields, "labels")) ticket.labels.push_back(label.text);
  news_.push_back(printable(ticket.key + "  " + ticket.summary));
  std::string out;
  JsonWriter(out).begin_object().key("key").text(ticket.key).end_object();
  tickets_.push_back(std::move(ticket));
  return {201, out};
}

HttpAnswer TicketDesk::search(std::string_view body) const {
  const auto root = parse_json(body, {});
  const std::string label = root ? label_of(root->text_of("jql")) : "";
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("issues").begin_array();
  for (const Ticket& ticket : tickets_) {
    if (std::find(ticket.labels.begin(), ticket.labels.end(), label) == ticket.labels.end()) continue;
    json.begin_object().key("key").text(ticket.key).end_object();
  }
  json.end_array().end_object();
  return {200, out};
}

/// `KEY` with its labels, or its comments, of which nobody has made any.
HttpAnswer TicketDesk::about(std::string_view path) const {
  const std::string_view key = path.substr(0, path.find('/'));
  const Ticket* const ticket = find(key);
  if (ticket == nullptr) return missing();
  std::string out;
  JsonWriter json(out);
  if (path.substr(key.size()) == "/comment") {
    json.begin_object().key("comments").begin_array().end_array().end_object();
    return {200, out};
  }
  json.begin_object().key("key").text(ticket->key).key("fields").begin_object().key("labels").begin_array();
  for (const std::string& label : ticket->labels) json.text(label);
  json.end_array().end_object().end_object();
  return {200, out};
}

std::string TicketDesk::text_of(const Ticket& ticket) {
  std::string out = printable(ticket.key + "  " + ticket.summary) + "\n";
  for (const std::string& line : ticket.description) out += "  " + printable(line) + "\n";
  for (const std::string& label : ticket.labels) out += "  label " + printable(label) + "\n";
  return out;
}

HttpAnswer TicketDesk::show_all() const {
  std::string out = "A stand-in for a Jira, for a demonstration: " + std::to_string(tickets_.size()) +
                    " tickets, in memory only.\n";
  for (const Ticket& ticket : tickets_) out += "\n" + text_of(ticket);
  return {200, out};
}

const TicketDesk::Ticket* TicketDesk::find(std::string_view key) const {
  const auto found =
      std::find_if(tickets_.begin(), tickets_.end(), [&](const Ticket& one) { return one.key == key; });
  return found == tickets_.end() ? nullptr : &*found;
}

std::vector<std::string> TicketDesk::take_news() { return std::exchange(news_, {}); }

}  // namespace alarum::demo
