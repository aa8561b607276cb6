#include "daemon/pipeline/plan.h"

namespace alarum {

// The order matters: the router and the entities name fields of their own, and shapes are bound to all of
// them.
Plan::Plan(std::vector<sigma::Rule> rules, FieldTable fields, EventFormat format, JsonLimits limits)
    : fields_(std::move(fields)),
      entities_(fields_),
      rules_(std::move(rules)),
      format_(std::move(format), fields_),
      limits_(limits),
      signatures_(rules_, format_.router()) {
  for (const sigma::Rule& rule : rules_) alert_templates_.push_back(make_alert_template(rule, entities_));
}

std::shared_ptr<const Plan> Plan::compile(std::vector<sigma::Rule> rules, FieldTable fields,
                                          EventFormat format, JsonLimits limits) {
  return std::shared_ptr<const Plan>(
      new Plan(std::move(rules), std::move(fields), std::move(format), limits));
}

}  // namespace alarum
