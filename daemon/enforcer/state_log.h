#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/enforcer/state_record.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace alarum::enforcer {

/// The file of what survives the process: lines, of which each is on the disk before what it says is done,
/// and has a checksum. Beside it lies a lock, which holds the number of the process that uses the state, and
/// whose time is when the clock was last seen. One process at a time. One thread.
class StateLog {
 public:
  /// Opens the file at `path`, which may be absent but may not belong to another user, and locks it; root
  /// does so in no folder of another user either. What a crash left of a last line is cut off, whatever that
  /// is. Any other line that is not understood is an error of code `invalid`: starting without it could let
  /// an attacker in, or block whom nobody may block.
  static Result<StateLog> open(const std::string& path);
  StateLog(StateLog&& other) noexcept;
  StateLog& operator=(StateLog&& other) = delete;
  ~StateLog();

  /// What was in the file when it was opened, in order; the second call gives nothing.
  std::vector<StateRecord> take_records() { return std::move(records_); }
  /// The time of day that `mark_seen` wrote last before the file was opened; 1970 where none did.
  Timestamp last_seen() const { return last_seen_; }

  /// Adds one record, on the disk for good. After an error a part of it may stand at the end of the file,
  /// which `replace` makes good; nothing is to be added before.
  Status append(const StateRecord& record);

  /// Puts these records in the place of all others, at once. After an error nothing is to be added before it
  /// went well.
  Status replace(std::span<const StateRecord> records);

  /// Remembers that it was this time of day, for a start at which the clock is behind it.
  Status mark_seen(Timestamp now);

  /// How many lines the file has.
  std::size_t line_count() const { return line_count_; }

 private:
  explicit StateLog(std::string path) : path_(std::move(path)) {}
  Status lock();
  Status take_text(const std::string& text);
  Status reopen();

  std::string path_;
  std::vector<StateRecord> records_;
  Timestamp last_seen_;
  int lock_ = -1;
  int file_ = -1;
  std::size_t size_ = 0;  // bytes that count
  std::size_t line_count_ = 0;
};

}  // namespace alarum::enforcer
