#include "tests/simulation/defects.h"

#include <array>
#include <vector>

namespace alarum::simulation {
namespace {

// The first byte of the keys of partitions and of outbox entries (daemon/pipeline/state_codec.cc).
constexpr char partition_key = 'c';
constexpr char outbox_entry_key = 'o';

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A view of the disk with changes that are not on it.
class Overlay {
 public:
  explicit Overlay(const Disk& disk) : seen_(disk) {}

  void put(std::span<const ByteChange> changes) {
    for (const ByteChange& change : changes) {
      if (change.value) {
        seen_[change.key] = *change.value;
      } else {
        seen_.erase(change.key);
      }
    }
  }
  Pairs scan(const std::string& first, const std::string& last) const {
    return {seen_.lower_bound(first), seen_.lower_bound(last)};
  }

 private:
  Disk seen_;
};

class Wrapper : public ByteStore {
 public:
  Wrapper(std::unique_ptr<ByteStore> sound, Disk& disk) : sound_(std::move(sound)), disk_(disk) {}

  Status write(std::span<const ByteChange> changes) override { return sound_->write(changes); }
  Result<Pairs> scan(const std::string& first, const std::string& last, std::size_t bytes_max) override {
    return sound_->scan(first, last, bytes_max);
  }

 protected:
  ByteStore& sound() { return *sound_; }
  Disk& disk() { return disk_; }

 private:
  std::unique_ptr<ByteStore> sound_;
  Disk& disk_;
};

/// Says that a commit is down when it is only in memory; it goes down with the one after.
class SkipsSync final : public Wrapper {
 public:
  using Wrapper::Wrapper;

  Status write(std::span<const ByteChange> changes) override {
    TRY_OK(sound().write(unsynced_));
    unsynced_.assign(changes.begin(), changes.end());
    return {};
  }
  Result<Pairs> scan(const std::string& first, const std::string& last, std::size_t /*bytes_max*/) override {
    Overlay overlay(disk());
    overlay.put(unsynced_);
    return overlay.scan(first, last);
  }

 private:
  std::vector<ByteChange> unsynced_;
};

/// Shows what a commit says while it is still trying to write it.
class ReleasesBeforeCommit final : public Wrapper {
 public:
  using Wrapper::Wrapper;

  Status write(std::span<const ByteChange> changes) override {
    attempted_.assign(changes.begin(), changes.end());
    return sound().write(changes);
  }
  Result<Pairs> scan(const std::string& first, const std::string& last, std::size_t /*bytes_max*/) override {
    Overlay overlay(disk());
    overlay.put(attempted_);
    return overlay.scan(first, last);
  }

 private:
  std::vector<ByteChange> attempted_;
};

/// Writes how far partitions are at once, and the alerts with the commit after.
class CommitsOffsetsAhead final : public Wrapper {
 public:
  using Wrapper::Wrapper;

  Status write(std::span<const ByteChange> changes) override {
    std::vector<ByteChange> now = held_back_;
    std::vector<ByteChange> later;
    for (const ByteChange& change : changes)
      (change.key.front() == outbox_entry_key && change.value ? later : now).push_back(change);
    TRY_OK(sound().write(now));
    held_back_ = std::move(later);
    return {};
  }

 private:
  std::vector<ByteChange> held_back_;
};

/// Shows only those outbox entries that this process wrote.
class ForgetsOutbox final : public Wrapper {
 public:
  using Wrapper::Wrapper;

  Status write(std::span<const ByteChange> changes) override {
    for (const ByteChange& change : changes) written_[change.key];
    return sound().write(changes);
  }
  Result<Pairs> scan(const std::string& first, const std::string& last, std::size_t bytes_max) override {
    TRY(Pairs out, sound().scan(first, last, bytes_max));
    std::erase_if(out, [&](const auto& pair) {
      return pair.first.front() == outbox_entry_key && !written_.contains(pair.first);
    });
    return out;
  }

 private:
  std::map<std::string, std::string> written_;
};

/// Gives each partition the position of the next.
class SwapsPartitions final : public Wrapper {
 public:
  using Wrapper::Wrapper;

  Result<Pairs> scan(const std::string& first, const std::string& last, std::size_t bytes_max) override {
    TRY(Pairs out, sound().scan(first, last, bytes_max));
    std::string* before = nullptr;
    for (auto& [key, value] : out) {
      if (key.front() != partition_key) continue;
      if (before != nullptr) before->swap(value);
      before = &value;
    }
    return out;
  }
};

template <class Wrapped>
std::unique_ptr<ByteStore> wrap(std::unique_ptr<ByteStore> sound, Disk& disk) {
  return std::make_unique<Wrapped>(std::move(sound), disk);
}

constexpr std::array<NamedDefect, 5> all_defects = {
    NamedDefect{"skips-sync", wrap<SkipsSync>},
    NamedDefect{"releases-before-commit", wrap<ReleasesBeforeCommit>},
    NamedDefect{"commits-offsets-ahead", wrap<CommitsOffsetsAhead>},
    NamedDefect{"forgets-outbox", wrap<ForgetsOutbox>},
    NamedDefect{"swaps-partitions", wrap<SwapsPartitions>},
};

}  // namespace

std::span<const NamedDefect> defects() { return all_defects; }

}  // namespace alarum::simulation
