#pragma once

#include "daemon/base/result.h"
#include "daemon/http_client/http_request.h"
#include "responders/incident_notice.h"

#include <string>

/// The responder `slack`: an incident's notice as a message of an incoming webhook.
///
/// Slack has no key by which it would know a message again: a message that is in doubt may have been shown,
/// and one that is sent again is shown again.
namespace alarum {

/// The message as JSON, in Block Kit. Texts of others stand in `plain_text` only, where Slack knows no markup
/// and no emoji, and `&`, `<`, `>` are escaped there, too; links in them are not looked up. Within Slack's
/// limits: header 150, fields 10 of 2,000, texts 3,000 characters, counted as escaped and in UTF-16 units.
std::string slack_body(const IncidentNotice& notice);

/// The request. `url` is a secret.
HttpRequest slack_request(const std::string& url, const IncidentNotice& notice);

/// Whether Slack says that the message is shown: status 200 and `ok`. The error has Slack's word for what is
/// wrong, such as `invalid_payload`.
Status read_slack_answer(const HttpResponse& response);

}  // namespace alarum
