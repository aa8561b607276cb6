#pragma once

#include "daemon/alert/entity_table.h"
#include "daemon/event/event_decoder.h"
#include "daemon/sigma/rule_set.h"
#include "detectors/signature/alert_from_event.h"
#include "detectors/signature/reference.h"

#include <memory>
#include <vector>

namespace alarum {

/// Everything that one revision of rules and settings compiles to. Immutable and shared: lanes keep the plan
/// they started a batch with. Any thread.
class Plan {
 public:
  /// Compiles `rules` for a source of this format. `fields` holds what both name.
  static std::shared_ptr<const Plan> compile(std::vector<sigma::Rule> rules, FieldTable fields,
                                             EventFormat format, JsonLimits limits);

  Plan(const Plan&) = delete;  // the parts refer to each other
  Plan& operator=(const Plan&) = delete;

  const std::vector<sigma::Rule>& rules() const { return rules_; }
  const FieldTable& fields() const { return fields_; }
  const BoundFormat& format() const { return format_; }
  const JsonLimits& limits() const { return limits_; }
  const ReferenceEvaluator& signatures() const { return signatures_; }
  const AlertTemplate& alert_template(std::uint32_t rule) const { return alert_templates_[rule]; }

 private:
  Plan(std::vector<sigma::Rule> rules, FieldTable fields, EventFormat format, JsonLimits limits);

  FieldTable fields_;
  EntityTable entities_;
  std::vector<sigma::Rule> rules_;
  BoundFormat format_;
  JsonLimits limits_;
  ReferenceEvaluator signatures_;
  std::vector<AlertTemplate> alert_templates_;
};

}  // namespace alarum
