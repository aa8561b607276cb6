#pragma once

#include "daemon/alert/alert.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// How many entities of an alert count for incidents; all of them stand in its JSON.
inline constexpr std::size_t alert_entities_max = 64;

/// What incidents need of an alert that has been committed: read back from its JSON, byte for byte.
struct CommittedAlert {
  std::uint64_t sequence = 0;  ///< of its outbox entry
  std::string id;              ///< 32 hex digits
  std::string rule_id;
  std::string rule_title;
  std::string level;  ///< one of `incident_levels`
  std::optional<Timestamp> first_event_time;
  std::optional<Timestamp> last_event_time;  ///< not before the first
  std::vector<Entity> entities;              ///< each once, at most `alert_entities_max`
  std::string source;                        ///< of the first event behind it; empty where nobody says
  Timestamp detected_at;
  std::string json;  ///< the whole, as it was committed

  /// When its events began and ended; of an alert without such times when it was decided.
  Timestamp begins() const { return first_event_time.value_or(last_event_time.value_or(detected_at)); }
  Timestamp ends() const { return last_event_time.value_or(begins()); }
};

/// Reads the payload of an outbox entry, an `alarum.alert/1` with its `detected_at`. An error where it is not
/// known which alert it is, of which rule, or when it was decided. Anything else that is missing or odd (a
/// time that nobody can read, an entity without a type) is as if it were not there: the alert has been told,
/// and belongs into an incident. Keys that we do not know may come within the version.
Result<CommittedAlert> read_committed_alert(std::string_view key, std::string_view payload);

}  // namespace alarum
