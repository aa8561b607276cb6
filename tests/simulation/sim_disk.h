#pragma once

#include "daemon/pipeline/byte_store.h"
#include "tests/simulation/random.h"

#include <map>
#include <memory>
#include <string>

namespace alarum::simulation {

/// Thrown where a simulated process dies. Only tests throw; nothing of ours catches it.
struct Crash {};

/// What is on the disk for good: it outlives every process of a simulation.
using Disk = std::map<std::string, std::string>;

/// How the disk misbehaves, for a while or by chance.
struct DiskMood {
  bool is_full = false;          ///< every write fails, and changes nothing
  std::uint64_t error_rate = 0;  ///< one write in so many fails, having happened or not; 0: none
  std::uint64_t crash_rate = 0;  ///< the process dies in one write in so many, before or after it is down
};

/// The twin of RocksDB: a map that is written as a whole or not at all.
class SimStore : public ByteStore {
 public:
  SimStore(Disk& disk, const DiskMood& mood, Random& random) : disk_(disk), mood_(mood), random_(random) {}

  Status write(std::span<const ByteChange> changes) override {
    if (mood_.is_full) return Error{ErrorCode::io, "no space left on device"};
    const bool dies = mood_.crash_rate > 0 && random_.once_in(mood_.crash_rate);
    const bool fails = mood_.error_rate > 0 && random_.once_in(mood_.error_rate);
    // A write that is cut short is found out by its checksum and taken back when the log is read again.
    const bool is_down = (!dies && !fails) || random_.once_in(2);
    if (is_down) put_down(changes);
    if (dies) throw Crash{};
    return fails ? Status(Error{ErrorCode::io, "input/output error"}) : Status();
  }

  Result<std::vector<std::pair<std::string, std::string>>> scan(const std::string& first,
                                                                const std::string& last,
                                                                std::size_t bytes_max) override {
    std::vector<std::pair<std::string, std::string>> out;
    std::size_t bytes = 0;
    const auto end = disk_.lower_bound(last);
    for (auto at = disk_.lower_bound(first); at != end; ++at) {
      bytes += at->second.size();
      if (bytes > bytes_max && !out.empty()) break;
      out.emplace_back(at->first, at->second);
    }
    return out;
  }

 protected:
  void put_down(std::span<const ByteChange> changes) {
    for (const ByteChange& change : changes) {
      if (change.value) {
        disk_[change.key] = *change.value;
      } else {
        disk_.erase(change.key);
      }
    }
  }

 private:
  Disk& disk_;
  const DiskMood& mood_;
  Random& random_;
};

}  // namespace alarum::simulation
