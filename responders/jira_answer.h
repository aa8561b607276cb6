#pragma once

#include "daemon/base/result.h"
#include "daemon/http_client/http_request.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What a Jira's answers say. Read strictly: an answer that is not what was asked for is an error, and
/// nothing is concluded from it. What was asked is in `jira`.
namespace alarum {

/// The longest answer that is read: fifty comments of the length that Jira allows, and what stands around
/// them.
inline constexpr std::size_t jira_answer_bytes_max = 4U << 20U;

/// Whether `text` is a ticket's key, such as `SOC-17`: capital letters, digits and `_`, a hyphen, a number.
bool is_jira_issue_key(std::string_view text);

/// In which state a ticket is.
struct JiraState {
  std::string status;      ///< the name that people gave it
  bool is_done = false;    ///< it is of the category of states that end a ticket
  std::string resolution;  ///< its name; empty: none
};

/// The key of the first ticket that a search has found; nothing where there is none.
Result<std::optional<std::string>> read_jira_search(const HttpResponse& response);

/// The key of the ticket that was created.
Result<std::string> read_jira_created(const HttpResponse& response);

/// Whether one of the comments has the line of this action.
Result<bool> read_jira_comments(const HttpResponse& response, std::string_view action_id);

/// Whether the ticket has the label of this action, which created it then.
Result<bool> read_jira_labels(const HttpResponse& response, std::string_view action_id);

/// Whether a comment was added.
Status read_jira_commented(const HttpResponse& response);

/// The id of the transition of this name. The error `not_found` names those that there are; two of one name
/// are an error, too.
Result<std::string> read_jira_transitions(const HttpResponse& response, std::string_view name);

/// Whether a transition was made.
Status read_jira_transitioned(const HttpResponse& response);

/// The state of a ticket.
Result<JiraState> read_jira_state(const HttpResponse& response);

}  // namespace alarum
