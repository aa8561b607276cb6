#pragma once

#include "daemon/base/json_writer.h"
#include "responders/incident_notice.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What stands in a ticket, in the two ways that Jira takes texts. A ticket is read by people who trust it,
/// so nothing that came from a log makes a link, a heading, a mention or an end of a quotation in it.
namespace alarum {

/// Which Jira it is: what is run by Atlassian takes documents (ADF) and REST version 3, what people run
/// themselves takes wiki markup and REST version 2.
enum class JiraEdition : std::uint8_t { cloud, data_center };

/// A line of a ticket.
struct JiraLine {
  std::string label;     ///< ours: letters and spaces; empty: none
  std::string text;      ///< of others
  bool is_link = false;  ///< `text` is a URL of ours
};

/// What a new ticket says of the incident.
std::vector<JiraLine> jira_description(const IncidentNotice& notice);

/// What a comment says: the notice's text, where the incident is now, and by its last line which action it is
/// of.
std::vector<JiraLine> jira_comment_lines(const IncidentNotice& notice);

/// The line that tells a comment of this action from all others.
std::string jira_action_line(std::string_view action_id);

/// The lines as the value of a JSON member: an ADF document of paragraphs with texts that nobody interprets,
/// or wiki markup in which every ASCII character that might mean something is a numeric entity. Jira refuses
/// texts of more than 32,767 characters; where lines would go beyond 20,000, the last ones are cut or left
/// out, and `…` says so. The last line of all is always there.
void write_jira_text(JsonWriter& json, JiraEdition edition, const std::vector<JiraLine>& lines);

/// `text` in wiki markup that means nothing but itself, with at most `units_max` UTF-16 units.
std::string jira_wiki_text(std::string_view text, std::size_t units_max);

}  // namespace alarum
