#pragma once

#include "daemon/base/clock.h"

#include <optional>

namespace alarum::enforcer {

/// The time of day as it once was, moved on by the steady clock: setting the machine's clock neither ends a
/// block early nor makes it longer, as it does not in the kernel. Like the kernel's timeouts it stands still
/// while the machine sleeps. One thread.
class SessionClock {
 public:
  /// Goes on from where a process of the same boot was: `ahead`, the difference of the two clocks. Without it
  /// starts with the time of day. `clock` must outlive this.
  SessionClock(Clock& clock, std::optional<Duration> ahead)
      : clock_(clock), offset_(ahead.value_or(offset())) {}

  /// How far it is ahead of the steady clock.
  Duration ahead() const { return offset_; }

  /// The time now, on this clock.
  Timestamp now() { return {clock_.steady().count() + offset_.count()}; }

  /// Goes over to the machine's clock, and says by how much that is ahead; 0 where it agrees within a second.
  Duration follow() {
    const Duration ahead = offset() - offset_;
    if (std::chrono::abs(ahead) <= std::chrono::seconds(1)) return Duration(0);
    offset_ += ahead;
    return ahead;
  }

 private:
  Duration offset() { return Duration(clock_.wall().microseconds) - clock_.steady(); }

  Clock& clock_;
  Duration offset_;
};

}  // namespace alarum::enforcer
