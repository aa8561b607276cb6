#pragma once

#include "daemon/base/result.h"
#include "daemon/demo/attack_watch.h"
#include "daemon/demo/end_signals.h"
#include "daemon/demo/response_figures.h"
#include "daemon/demo/response_report.h"
#include "daemon/demo/screen.h"
#include "daemon/demo/shipper.h"
#include "daemon/demo/stage.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace alarum::demo {

/// What is played.
struct PerformanceSettings {
  Duration length{};
  std::vector<std::string> left_out;  ///< names of attacks
};

/// The demo itself: events flow as fast as alarumd takes them, attacks begin, alerts are told as they come.
/// One thread; everything is a `step`.
class Performance {
 public:
  /// All of these outlive it.
  Performance(const PerformanceSettings& settings, Stage& stage, Shipper& shipper, Screen& screen,
              const EndSignals& signals);

  /// Plays for the length, then waits until everything is accounted for. The error says what went wrong.
  Status play();

  /// Goes on until a signal comes, at a gentle pace, each attack once a minute.
  Status linger();

  /// What came of it. False where not everything is as it has to be: an alert is missing, or no attack
  /// explains one, or an incident has no ticket, or an attacker is not blocked who has to be, or events are
  /// not accounted for.
  Result<bool> tell_outcome();

 private:
  Status step(std::uint64_t sent_max);
  Status settle();
  void begin_attack(const AttackWatch::Entry& entry);
  Status take_alerts();
  void take_tickets();
  void look_at_attacker();
  Status look_at_progress();
  void show_rate();
  void wait_for_something(bool may_ship) const;
  void tell_attacks(std::size_t width);
  std::size_t name_width() const;
  bool has_settled() const;
  /// Whether nobody wants it any more.
  bool is_over() const { return signals_.came() || !screen_.ok(); }
  Duration since_begin() const { return steady_now() - begun_at_; }

  const PerformanceSettings& settings_;
  Stage& stage_;
  Shipper& shipper_;
  Screen& screen_;
  const EndSignals& signals_;
  AttackWatch watch_;
  ResponseReport response_;
  ResponseFigures figures_;
  bool is_cut_off_ = false;  // the attacker, as was told
  Duration begun_at_;
  Duration played_{};  // until the last event was shipped
  Duration progress_due_{};
  Duration shown_at_;
  std::uint64_t shown_events_ = 0;
  Duration show_interval_;
};

}  // namespace alarum::demo
