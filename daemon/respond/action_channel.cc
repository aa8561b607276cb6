#include "daemon/respond/action_channel.h"

#include "daemon/base/log.h"

#include <algorithm>
#include <chrono>

namespace alarum {
namespace {

/// How long a responder is left in peace: at first, and at most.
constexpr Backoff circuit_backoff{.first_max = std::chrono::seconds(5), .wait_max = std::chrono::minutes(5)};

/// Whether the report says that the other side works, be it that it has to be asked later. What may have been
/// done before and can be done only once was not asked for at all: that says nothing against it.
bool has_answered(const ActionReport& report, DeliveryClass delivery) {
  const ActionVerdict verdict = report.result.verdict;
  if (report.result.is_busy || report.result.is_running) return true;
  const bool was_not_asked = delivery == DeliveryClass::once && report.stored.may_be_done;
  return verdict == ActionVerdict::done || verdict == ActionVerdict::failed ||
         (verdict == ActionVerdict::in_doubt && was_not_asked);
}

}  // namespace

ActionChannel::ActionChannel(ActionTarget target, Clock& clock, std::function<void(ActionReport)> report)
    : what_(std::move(target.what)),
      names_({what_.name}),
      delivery_(target.delivery),
      clock_(clock),
      worker_(std::move(target.responder), clock, std::move(report)) {}

std::size_t ActionChannel::room() const {
  if (is_stopped_) return 0;
  // What is in a queue when the process is killed may have been done, as far as the ledger knows: of what can
  // be done only once, no more than one is ever there.
  if (!is_open() && delivery_ != DeliveryClass::once) return worker_.room();
  if (!is_open()) return under_way_.empty() ? 1 : 0;
  return under_way_.empty() && clock_.steady() >= tried_at_ ? 1 : 0;
}

void ActionChannel::hand_over(ActionTask task) {
  under_way_.insert(task.stored.id);
  if (is_open()) trial_ = task.stored.id;
  worker_.hand_over(std::move(task));
}

void ActionChannel::take_back(const ActionReport& report, const RandomSource& random) {
  under_way_.erase(report.stored.id);
  if (has_answered(report, delivery_)) {
    if (is_open()) log::info("a responder answers again", {{"responder", what_.name}});
    failures_ = 0;
    return;
  }
  // What was handed over before the circuit opened says nothing new by failing, too, and what was too late to
  // be asked says nothing at all.
  if (!report.is_evidence || (is_open() && report.stored.id != trial_)) return;
  ++failures_;
  if (!is_open()) return;
  if (failures_ == failures_max)
    log::warn("a responder fails again and again: it is left in peace for a while",
              {{"responder", what_.name}, {"error", report.result.why}});
  const FailedTry failed{.tries = failures_ - failures_max + 1,
                         .asked = report.result.wait,
                         .left = circuit_backoff.asked_max * 2};
  tried_at_ = clock_.steady() + wait_before_retry(circuit_backoff, failed, random).value_or(Duration(0));
}

}  // namespace alarum
