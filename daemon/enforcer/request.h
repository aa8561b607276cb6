#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace alarum::enforcer {

/// No request is longer: none needs a tenth of it.
inline constexpr std::size_t request_bytes_max = 4096;

/// What may be asked.
enum class Verb { block, unblock, protect, unprotect, list, status, panic, arm };
/// What `list` may list.
enum class ListKind { blocks, protections, left_alone };

/// One request, read and canonical. Which members are set depends on the verb.
struct Request {
  Verb verb = Verb::status;
  std::string action_id;             ///< of `block`; of `unblock`, unless it names a target
  std::optional<IpNetwork> target;   ///< of all that have one; of `unblock`, unless it names an action
  std::optional<Duration> duration;  ///< of `block`; the policy's default where it is absent
  std::optional<Timestamp> until;    ///< of `protect`
  std::optional<IpNetwork> after;    ///< of `list`: only what comes behind it
  ListKind kind = ListKind::blocks;  ///< of `list`

  friend bool operator==(const Request&, const Request&) = default;
};

/// Reads one request: a verb, then `key=value`, each behind one space. What is not exactly that is refused:
/// an unknown verb or key, a key twice, one too many or too few, another character, anything behind the end.
/// The language is in docs/enforcer.md. The error says what was expected.
Result<Request> parse_request(std::string_view bytes);

/// The request as `parse_request` reads it.
std::string request_text(const Request& request);

}  // namespace alarum::enforcer
