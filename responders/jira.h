#pragma once

#include "daemon/http_client/http_request.h"
#include "responders/incident_notice.h"
#include "responders/jira_text.h"

#include <string>
#include <string_view>

/// The responder `jira`: what it asks a Jira. What the answers mean is in `jira_answer`.
///
/// Jira has no key by which it would know a request again. So a ticket has a label made from the incident's
/// id, and a comment a line made from the action's; whoever may have created one looks for it before creating
/// another. Jira finds new tickets only after some seconds: who is in doubt waits a minute before looking.
namespace alarum {

/// Where tickets go.
struct JiraTarget {
  std::string base_url;  ///< `https://example.atlassian.net`, with no `/` at its end
  JiraEdition edition = JiraEdition::cloud;
  std::string authorization;  ///< the header's whole value, a secret: `Bearer …`, or `basic_authorization`
  std::string project;        ///< its key
  std::string issue_type;     ///< its name
};

/// `Basic …` for that header (RFC 7617), of a user's name or address and a password or token.
std::string basic_authorization(std::string_view user, std::string_view secret);

/// Whether a ticket can have a label of this id: hex digits, as all incidents have.
bool has_jira_label(std::string_view incident_id);
/// The label that the ticket of this incident has.
std::string jira_label(std::string_view incident_id);

/// The label that a ticket has which this action created.
std::string jira_action_label(std::string_view action_id);

/// Looks for the ticket of this incident, the oldest first.
HttpRequest jira_search(const JiraTarget& target, std::string_view incident_id);

/// Creates the ticket of this incident: a title of at most 255 characters in one line, and a description.
HttpRequest jira_create(const JiraTarget& target, const IncidentNotice& notice);

/// Reads the newest comments of a ticket. `issue` here and below is its key, as an answer gave it.
HttpRequest jira_comments(const JiraTarget& target, std::string_view issue);

/// Adds a comment to a ticket.
HttpRequest jira_comment(const JiraTarget& target, std::string_view issue, const IncidentNotice& notice);

/// Asks which transitions a ticket has now.
HttpRequest jira_transitions(const JiraTarget& target, std::string_view issue);

/// Takes a ticket through the transition of this id.
HttpRequest jira_transition(const JiraTarget& target, std::string_view issue, std::string_view transition_id);

/// Asks which labels a ticket has.
HttpRequest jira_labels(const JiraTarget& target, std::string_view issue);

/// Asks in which state a ticket is.
HttpRequest jira_state(const JiraTarget& target, std::string_view issue);

}  // namespace alarum
