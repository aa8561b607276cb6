#include "daemon/pipeline/plan.h"

#include "daemon/base/digest.h"

#include <algorithm>

namespace alarum {
namespace {

std::string hash_of(const std::vector<sigma::Rule>& rules, const std::vector<SourceFormat>& formats,
                    const JsonLimits& limits) {
  std::string parts;
  const auto add = [&](std::string_view part) {
    parts.append(std::to_string(part.size())).append(":").append(part);
  };
  for (const sigma::Rule& rule : rules) {
    add(rule.id);
    add(rule.revision);
  }
  for (const SourceFormat& format : formats) {
    add(format.source);
    add(format.log_source);
  }
  return id_of({parts, std::to_string(limits.bytes_max), std::to_string(limits.depth_max),
                std::to_string(limits.values_max)});
}

}  // namespace

SourcePlan::SourcePlan(SourceFormat format, const FieldTable& fields, const EntityTable& entities,
                       std::span<const sigma::Rule> rules)
    : source_(std::move(format.source)),
      lateness_(format.lateness),
      format_(std::move(format.format), fields),
      signatures_(rules, format_.router()) {
  for (const EventClass& event_class : format_.router().classes())
    client_fields_.push_back(entities.fields_of("source.ip", event_class));
}

// The order matters: the router and the entities name fields of their own, and shapes are bound to all of
// them.
Plan::Plan(std::vector<sigma::Rule> rules, FieldTable fields, std::vector<SourceFormat> formats,
           JsonLimits limits)
    : fields_(std::move(fields)),
      entities_(fields_),
      rules_(std::move(rules)),
      limits_(limits),
      hash_(hash_of(rules_, formats, limits)) {
  for (SourceFormat& format : formats)
    sources_.push_back(std::make_unique<const SourcePlan>(std::move(format), fields_, entities_, rules_));
  for (const sigma::Rule& rule : rules_) alert_templates_.push_back(make_alert_template(rule, entities_));
}

const SourcePlan* Plan::find_source(std::string_view name) const {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const auto& source) { return source->source() == name; });
  return found == sources_.end() ? nullptr : found->get();
}

std::shared_ptr<const Plan> Plan::compile(std::vector<sigma::Rule> rules, FieldTable fields,
                                          std::vector<SourceFormat> formats, JsonLimits limits) {
  return std::shared_ptr<const Plan>(
      new Plan(std::move(rules), std::move(fields), std::move(formats), limits));
}

std::shared_ptr<const Plan> Plan::compile(std::vector<sigma::Rule> rules, FieldTable fields,
                                          SourceFormat format, JsonLimits limits) {
  std::vector<SourceFormat> formats;
  formats.push_back(std::move(format));
  return compile(std::move(rules), std::move(fields), std::move(formats), limits);
}

}  // namespace alarum
