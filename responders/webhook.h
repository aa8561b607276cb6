#pragma once

#include "daemon/base/time.h"
#include "daemon/http_client/http_request.h"
#include "responders/incident_notice.h"
#include "responders/webhook_signature.h"

#include <string>
#include <vector>

/// The responder `webhook`: an incident's notice as JSON to whoever wants it.
namespace alarum {

/// Where messages go.
struct WebhookTarget {
  std::string url;  ///< may be a secret
  std::vector<WebhookSecret> secrets;
};

/// `alarum.incident_notice/1`: one JSON object, where texts of others are data and nothing else, byte for
/// byte; bytes that are not UTF-8 become U+FFFD. Title, type and value of an entity and id of a rule have at
/// most 1,024 UTF-16 units, the text 32,768; of entities and rules there are at most 100. `cut` says whether
/// something is missing.
std::string webhook_body(const IncidentNotice& notice);

/// The request; `now` is when this try begins. It may arrive twice: whoever receives it knows it by its
/// `webhook-id`, which is the action's id.
HttpRequest webhook_request(const WebhookTarget& target, const IncidentNotice& notice, Timestamp now);

}  // namespace alarum
