#pragma once

#include "daemon/alert/entity_table.h"
#include "daemon/event/event_decoder.h"
#include "daemon/sigma/rule_set.h"
#include "detectors/signature/alert_from_event.h"
#include "detectors/signature/reference.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// How one source is to be read: its configured name, its log source as it is written there, and what that
/// means; and how long events may come after later ones before they count as late.
struct SourceFormat {
  std::string source;
  std::string log_source;
  EventFormat format;
  Duration lateness = std::chrono::seconds(30);
};

/// What a plan holds for one source. Immutable; any thread.
class SourcePlan {
 public:
  /// `rules` must outlive this.
  SourcePlan(SourceFormat format, const FieldTable& fields, const EntityTable& entities,
             std::span<const sigma::Rule> rules);

  /// The source's name; how its events are read; and what looks for signatures in them.
  const std::string& source() const { return source_; }
  const BoundFormat& format() const { return format_; }
  const ReferenceEvaluator& signatures() const { return signatures_; }
  /// The fields in which events of this class say who came: the addresses of clients.
  std::span<const FieldId> client_fields(std::size_t event_class) const {
    return client_fields_[event_class];
  }
  /// How far the watermark is behind the latest event.
  Duration lateness() const { return lateness_; }

 private:
  std::string source_;
  Duration lateness_;
  BoundFormat format_;
  ReferenceEvaluator signatures_;
  std::vector<std::vector<FieldId>> client_fields_;  // by event class
};

/// Everything that one revision of rules and settings compiles to. Immutable and shared: lanes keep the plan
/// they started a batch with. Any thread.
class Plan {
 public:
  /// Compiles `rules` for these sources, at least one. `fields` holds what rules and formats name.
  static std::shared_ptr<const Plan> compile(std::vector<sigma::Rule> rules, FieldTable fields,
                                             std::vector<SourceFormat> formats, JsonLimits limits);

  /// The same for a single source.
  static std::shared_ptr<const Plan> compile(std::vector<sigma::Rule> rules, FieldTable fields,
                                             SourceFormat format, JsonLimits limits);

  Plan(const Plan&) = delete;  // the parts refer to each other
  Plan& operator=(const Plan&) = delete;

  /// What the plan was compiled from. A rule's index here is its number everywhere.
  const std::vector<sigma::Rule>& rules() const { return rules_; }
  const FieldTable& fields() const { return fields_; }
  const JsonLimits& limits() const { return limits_; }
  /// In the order of the configuration.
  std::span<const std::unique_ptr<const SourcePlan>> sources() const { return sources_; }
  /// The first source; the only one of a replay.
  const SourcePlan& source() const { return *sources_.front(); }
  /// The source of this name; null where the plan has none.
  const SourcePlan* find_source(std::string_view name) const;
  const AlertTemplate& alert_template(std::uint32_t rule) const { return alert_templates_[rule]; }
  /// 32 hex digits that differ when rules, log sources or limits do. Stands in every commit.
  const std::string& hash() const { return hash_; }

 private:
  Plan(std::vector<sigma::Rule> rules, FieldTable fields, std::vector<SourceFormat> formats,
       JsonLimits limits);

  FieldTable fields_;
  EntityTable entities_;
  std::vector<sigma::Rule> rules_;
  JsonLimits limits_;
  std::string hash_;
  std::vector<std::unique_ptr<const SourcePlan>> sources_;
  std::vector<AlertTemplate> alert_templates_;
};

}  // namespace alarum
