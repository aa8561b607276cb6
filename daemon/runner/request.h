#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace alarum::runner {

/// The line of no request is longer.
inline constexpr std::size_t request_line_max = 256;

/// What may be asked.
enum class Verb {
  run,     ///< run the script for an action, unless that was done before
  result,  ///< say what became of an action, and run nothing
  forget,  ///< let an action be run again; root only
  status,  ///< say how the runner is
};

/// One request. Which members are set depends on the verb.
struct Request {
  Verb verb = Verb::status;
  std::string action_id;   ///< of all but `status`
  Timestamp until = {};    ///< of `run`: nothing is begun from then on
  std::string_view event;  ///< of `run`: the script's stdin, byte for byte; looked at by nobody here

  friend bool operator==(const Request&, const Request&) = default;
};

/// Reads one request: a line of words; of `run` a line break and the event follow. What is not exactly that
/// is refused, with what was expected. The language is in docs/runner.md. A view: `bytes` must outlive the
/// request.
Result<Request> parse_request(std::string_view bytes);

/// The request as `parse_request` reads it.
std::string request_text(const Request& request);

}  // namespace alarum::runner
