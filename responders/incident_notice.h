#pragma once

#include "daemon/alert/alert.h"
#include "daemon/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// What a responder tells of an incident. Title, entities and text hold what attackers wrote into logs: they
/// are data wherever they go, and no one who reads them may find an instruction in them.
struct IncidentNotice {
  std::string incident_id;  ///< 32 hex digits
  std::string action_id;    ///< 32 hex digits; the same for every try of one action
  std::string title;
  std::string level;
  std::string state;
  std::string verdict;       ///< empty: none yet
  std::uint64_t alerts = 0;  ///< how many the incident has
  std::optional<Timestamp> opened;
  std::optional<Timestamp> first_event_time;
  std::optional<Timestamp> last_event_time;
  std::vector<Entity> entities;       ///< those with the most alerts first
  std::vector<std::string> rule_ids;  ///< the same order
  std::string link;                   ///< where people see the incident; empty: nowhere
  std::string text;                   ///< what else is to be said, in lines
};

}  // namespace alarum
