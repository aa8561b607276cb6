#pragma once

#include "daemon/base/result.h"
#include "daemon/enforcer/enforcer_state.h"
#include "daemon/enforcer/state_log.h"

namespace alarum::enforcer {

/// The state and its file, which says the same: a record is on the disk before it is true here. One thread.
class StateKeeper {
 public:
  /// Takes in what the file says.
  explicit StateKeeper(StateLog log);

  /// What is so now. Whoever changes more than a record says calls `set_stale` then.
  EnforcerState& state() { return state_; }

  /// Writes a record down and makes it so; after an error neither is the case.
  Status record(const StateRecord& record);
  /// What lets somebody go is true even where the disk does not take it: nobody stays blocked for that. The
  /// file is written anew before the next line, so that no restart brings it back.
  Status record_anyway(const StateRecord& entry);

  /// The time of day that the last process saw last, as far as it is known.
  Timestamp last_seen() const { return log_.last_seen(); }
  /// Remembers that it is this time now.
  Status mark_seen(Timestamp now) { return log_.mark_seen(now); }

  /// The file does not say all that is so.
  void set_stale() { is_stale_ = true; }
  /// Writes the file anew.
  Status compact();
  /// Writes the file anew where it is stale, or most of its lines say nothing any more.
  Status tidy();

 private:
  StateLog log_;
  EnforcerState state_;
  bool is_stale_ = false;
};

}  // namespace alarum::enforcer
