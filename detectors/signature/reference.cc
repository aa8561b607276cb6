#include "detectors/signature/reference.h"

#include "daemon/sigma/predicate.h"

namespace alarum {

ReferenceEvaluator::ReferenceEvaluator(std::span<const sigma::Rule> rules, const Router& router)
    : rules_(rules) {
  for (const EventClass& event_class : router.classes()) {
    auto& candidates = rules_of_class_.emplace_back();
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      if (event_class.satisfies(rules[i].log_source)) candidates.push_back(i);
    }
  }
}

void ReferenceEvaluator::evaluate(Event& event, std::vector<std::uint32_t>& fired) const {
  for (const std::uint32_t rule : rules_of_class_[event.event_class()]) {
    if (sigma::holds(rules_[rule], event)) fired.push_back(rule);
  }
}

void ReferenceEvaluator::evaluate(Event& event, std::vector<std::uint32_t>& fired,
                                  RuleObserver& observer) const {
  observer.begin();
  for (const std::uint32_t rule : rules_of_class_[event.event_class()]) {
    if (sigma::holds(rules_[rule], event)) fired.push_back(rule);
    observer.end(rule);
  }
}

}  // namespace alarum
