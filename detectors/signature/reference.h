#pragma once

#include "daemon/event/event.h"
#include "daemon/event/log_source.h"
#include "daemon/sigma/rule.h"

#include <cstdint>
#include <span>
#include <vector>

namespace alarum {

/// Hears how the evaluation of an event goes on: detectors ask no clock, so who wants to time rules stands
/// beside them. One lane's thread.
class RuleObserver {
 public:
  virtual ~RuleObserver() = default;
  /// The first rule is about to be asked.
  virtual void begin() = 0;
  /// `rule` has been asked, and nothing else since the call before.
  virtual void end(std::uint32_t rule) = 0;
};

/// The reference evaluator of signatures: rules sorted by log source, each asked in turn through the
/// predicate. Slow and obvious on purpose: with daemon/sigma/predicate it is what our semantics are, and
/// every faster engine is checked against it. Immutable; any thread.
class ReferenceEvaluator {
 public:
  /// `rules` must outlive this.
  ReferenceEvaluator(std::span<const sigma::Rule> rules, const Router& router);

  /// Appends the indices of the rules that `event` fires, in the order of the rules.
  void evaluate(Event& event, std::vector<std::uint32_t>& fired) const;
  /// The same, and `observer` hears of every rule.
  void evaluate(Event& event, std::vector<std::uint32_t>& fired, RuleObserver& observer) const;

  /// How many rules look at events of this class.
  std::size_t rule_count(std::size_t event_class) const { return rules_of_class_[event_class].size(); }

 private:
  std::span<const sigma::Rule> rules_;
  std::vector<std::vector<std::uint32_t>> rules_of_class_;
};

}  // namespace alarum
