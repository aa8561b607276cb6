#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/log_limit.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_channel.h"
#include "daemon/respond/action_worker.h"
#include "daemon/respond/guard_rails.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace alarum {

/// Tells those who block whom they are not to block, whatever the ledger knows of blocks: it may have lost
/// sight of one, or take one for over by a clock that was wrong. What is in force is told until it is heard,
/// and all of it once more by the next process, since nothing of it is written down; telling it again changes
/// nothing. What people allowed is told for an hour at a time, so that it ends soon behind its end here. One
/// thread.
class ExemptionTeller {
 public:
  /// Takes in what is in force at `now`. Looks closer once a second, or when there is more or less of it.
  void look(const Exemptions& exemptions, Timestamp now);

  /// What is to be told to this responder now, at most so much of it; it counts as told once `settle` says.
  std::vector<ActionTask> due(const ActionChannel& channel, Timestamp now, std::size_t max);

  /// All of it is to be told anew: the clock was set.
  void forget() { told_.clear(); }

  /// What came of it.
  void settle(const ActionReport& report);

 private:
  using Key = std::pair<bool, IpNetwork>;  // whether it is allowed, else left alone
  struct Told {
    Timestamp until;  // that was heard last
    Timestamp next;   // not before then
  };

  std::map<Key, Timestamp> wanted_;                  // until when
  std::map<std::string, std::map<Key, Told>> told_;  // by responder
  std::size_t looked_size_ = 0;
  Timestamp looked_at_;
  LogLimit trouble_lines_{std::chrono::minutes(1)};
};

}  // namespace alarum
