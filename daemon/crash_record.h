#pragma once

#include "daemon/base/result.h"
#include "daemon/pipeline/in_hand.h"
#include "daemon/stream/commit.h"

#include <cstdint>
#include <deque>
#include <set>
#include <string>

namespace alarum {

/// Remembers from process to process which record a worker had in hand when its process died of itself: of
/// SIGSEGV, SIGABRT, SIGBUS, SIGILL or SIGFPE that it raised, never of a signal from outside. A record that
/// two processes in a row died on is poison: it becomes a dead letter instead of ending the third.
class CrashRecord {
 public:
  /// Reads what earlier processes left in `folder`, and is ready to leave word of this one.
  static Result<CrashRecord> open(const std::string& folder);
  ~CrashRecord();
  CrashRecord(CrashRecord&& other) noexcept;
  CrashRecord& operator=(CrashRecord&&) = delete;

  /// The records that are not to be evaluated.
  const std::set<PoisonRecord>& poison() const { return poison_; }

  /// From now on a crash of a thread that is one of `slots` leaves word of the record in its hand. `slots`
  /// live until this object ends; one object at a time is armed.
  void arm(const std::deque<InHand>& slots);

  /// Forgets poison that lies below the committed positions: it has become a dead letter.
  Status settle(const std::map<PartitionId, PartitionProgress>& committed);

 private:
  CrashRecord(std::string folder, std::uint64_t generation, std::set<PoisonRecord> suspects,
              std::set<PoisonRecord> poison)
      : folder_(std::move(folder)),
        generation_(generation),
        suspects_(std::move(suspects)),
        poison_(std::move(poison)) {}

  Status write() const;

  std::string folder_;
  std::uint64_t generation_;         // the number of this process
  std::set<PoisonRecord> suspects_;  // that the process before died on
  std::set<PoisonRecord> poison_;
  int descriptor_ = -1;  // of the file that the handler writes to
};

}  // namespace alarum
