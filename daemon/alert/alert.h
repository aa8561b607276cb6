#pragma once

#include "daemon/base/time.h"
#include "daemon/event/event.h"
#include "daemon/event/log_source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// One finding, with its id and its evidence: schema `alarum.alert/1`. A function of records and plan alone,
/// so a replay gives it again, byte for byte. Owns everything it says.
namespace alarum {

/// What an alert says of its rule; one for all alerts of the rule.
struct AlertRule {
  std::string id;
  std::string title;
  std::string level;
  std::string status;
  std::vector<std::string> tags;
  std::string revision;
  LogSource log_source;
};

/// Something that an alert is about: a host, a user, an address.
struct Entity {
  std::string type;  ///< an ECS field name: `host.name`, `user.name`, `source.ip`
  std::string value;
  friend bool operator==(const Entity&, const Entity&) = default;
};

/// A field of the event that fired the rule.
struct EvidenceField {
  std::string name;
  std::string json;          ///< its value as JSON
  std::size_t cut_from = 0;  ///< the bytes of the whole value, where `json` is only its beginning; else 0
};

/// One event behind an alert: where it stands and what it said.
struct Evidence {
  std::string source;
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::optional<Timestamp> timestamp;  ///< the record's
  std::int32_t ordinal = 0;
  std::vector<EvidenceField> fields;
  std::size_t fields_omitted = 0;  ///< more fields than evidence may hold
};

/// One finding: what docs/reference/alert.md says, before it becomes JSON.
struct Alert {
  std::string id;  ///< 32 hex digits
  std::shared_ptr<const AlertRule> rule;
  std::optional<Timestamp> first_event_time;
  std::optional<Timestamp> last_event_time;
  TimeBasis time_basis = TimeBasis::unknown;
  std::vector<Entity> entities;
  std::vector<Evidence> evidence;
};

/// The alert as one line of JSON, without a line break (docs/reference/alert.md).
std::string to_json(const Alert& alert);

}  // namespace alarum
