#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/stream/commit.h"

#include <cstdint>
#include <string>
#include <vector>

namespace alarum {

/// What a sink says about an entry that it was offered: it has arrived for good, or never will.
struct SinkResult {
  std::uint64_t sequence = 0;
  bool delivered = true;  ///< false: the target refuses this very entry, however often it is offered
  std::string reason;     ///< why it was refused
  bool is_own = true;     ///< false: an entry of another kind that it hears of (`Delivery::Channel`)
};

/// Where outbox entries go: a topic, a file. It is offered entries in order and says what became of each; an
/// entry may be offered again after a restart. The delivery thread.
class Sink {
 public:
  virtual ~Sink() = default;

  /// As it is configured; stands in metrics and in the state.
  virtual const std::string& name() const = 0;

  /// Takes `entry`, or says that it has no room now: the same entry is offered again later.
  virtual bool offer(const OutboxEntry& entry) = 0;

  /// Works for at most `wait`; appends the results since the last call. Retries by itself as long as there is
  /// hope.
  virtual void step(Duration wait, std::vector<SinkResult>& results) = 0;

  /// What keeps it from delivering, for people; empty when nothing does.
  virtual std::string trouble() const = 0;
};

}  // namespace alarum
