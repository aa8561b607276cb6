#pragma once

#include "daemon/base/string_map.h"
#include "daemon/event/field_reader.h"
#include "daemon/respond/committed_alert.h"
#include "daemon/respond/ledger_reader.h"

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What conditions of playbooks look at: an alert and the incident that it is in, as named fields.
/// docs/reference/playbooks.md lists them.
namespace alarum {

/// A field that a condition may name.
struct PlaybookField {
  std::string_view name;
  std::span<const std::string_view> words = {};  ///< all values that it can have; none: any
  bool is_ordered = false;                       ///< the words go from the least to the most
};

/// All of them; those of entities stand as `entity.` alone, which the type of the entity follows.
std::span<const PlaybookField> playbook_fields();

/// The field of this name, such as `level` or `entity.source.ip`; null where there is none.
const PlaybookField* find_playbook_field(std::string_view name);

/// The types of entities that the columns of log sources give. Rules may name others.
std::span<const std::string_view> usual_entity_types();

/// Before the type in the name of an entity's field.
inline constexpr std::string_view entity_prefix = "entity.";

/// The fields of one alert and its incident. Owns what it says, but for the table of names, which outlives
/// it. One thread.
class PlaybookReader final : public FieldReader {
 public:
  /// Reads both. What a condition does not find in them is missing, whatever the alert's JSON is like.
  PlaybookReader(const FieldTable& names, const CommittedAlert& alert, const IncidentSummary& incident);
  PlaybookReader(const PlaybookReader&) = delete;
  PlaybookReader& operator=(const PlaybookReader&) = delete;

  std::span<const FieldValue> values(FieldId field) override;
  bool exists(FieldId field) override { return !values(field).empty(); }
  std::span<const FieldValue> all_values() override { return all_; }

 private:
  void add(std::string_view name, FieldValue::Kind kind, std::string_view text);
  void add_text(std::string_view name, std::string_view text);
  void add_number(std::string_view name, std::int64_t number);
  void add_alert(const CommittedAlert& alert);
  void add_incident(const IncidentSummary& incident);

  const FieldTable& names_;
  std::deque<std::string> texts_;  // that the values are views of; a deque moves none of them
  StringMap<std::vector<FieldValue>> fields_;
  std::vector<FieldValue> all_;
};

}  // namespace alarum
