#pragma once

#include "responders/responder_kind.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What responders that ask web servers have in common: options, a client, and what an outcome means for an
/// action.
namespace alarum {

/// The keys `timeout`, `ca_file` and `proxy`.
std::vector<Option> http_options();
/// The key `timeout`, which all kinds have.
Option timeout_option();
/// The key `url_file`.
Option url_file_option();
/// What `timeout` says, or `otherwise`.
Duration timeout_of(const SectionValue& entry, Duration otherwise);

/// A client by those keys; nothing where they are wrong, which is told.
std::optional<HttpSend> http_send(const ResponderParts& parts);

/// Whether a URL may be asked; why not is told at `key`, without the URL.
bool check_url(const ResponderParts& parts, std::string_view key, const std::string& url);

/// How long requests of this entry may take.
struct HttpPatience {
  Duration total{};
  void apply(HttpRequest& request) const;
};
HttpPatience http_patience(const SectionValue& entry);

/// What came of an action that is this one request. `url` is shown as far as it is no secret.
ActionResult action_result(const HttpOutcome& outcome, const std::string& url, Timestamp now);

/// The same where the attempt before may have had its effect: whatever is not done is in doubt then, since
/// nobody knows of that one.
ActionResult beside_doubt(ActionResult result, const Action& action);

/// What `undo` of those says who tell: people have read it.
ActionResult cannot_take_back(std::string_view what);

/// The notice of a test, which says that it is one.
IncidentNotice test_notice(Timestamp now);

}  // namespace alarum
