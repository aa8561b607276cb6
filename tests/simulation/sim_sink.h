#pragma once

#include "daemon/stream/sink.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sim_disk.h"

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace alarum::simulation {

/// What arrived at a target, in order; it outlives every process of a simulation.
using Arrivals = std::vector<OutboxEntry>;

/// A sink that is slow, full, down for a while, and forgets on whom it was about to report when the process
/// dies.
class SimSink final : public Sink {
 public:
  /// Entries of other kinds than `kind` it hears of, and lets them pass. `is_durable` says whether an entry
  /// is on the disk at this moment; `is_down` whether the target is away.
  SimSink(std::string name, OutboxKind kind, Arrivals& arrivals, Random& random,
          std::function<bool(std::uint64_t)> is_durable, const bool& is_down,
          std::vector<std::string>& violations)
      : name_(std::move(name)),
        kind_(kind),
        arrivals_(arrivals),
        random_(random),
        is_durable_(std::move(is_durable)),
        is_down_(is_down),
        violations_(violations) {}

  const std::string& name() const override { return name_; }

  bool offer(const OutboxEntry& entry) override {
    if (!is_durable_(entry.sequence))
      violations_.push_back(name_ + " was told of entry " + std::to_string(entry.sequence) +
                            " before it was committed");
    if (entry.sequence <= last_taken_)
      violations_.push_back(name_ + " was offered entry " + std::to_string(entry.sequence) + " again");
    if (on_the_way_.size() >= places || random_.once_in(6)) return false;
    on_the_way_.push_back(entry);
    last_taken_ = entry.sequence;
    return true;
  }

  void step(Duration /*wait*/, std::vector<SinkResult>& results) override {
    while (!is_down_ && !on_the_way_.empty() && !random_.once_in(3)) {
      OutboxEntry& entry = on_the_way_.front();
      const bool is_own = entry.kind == kind_;
      results.push_back({entry.sequence, true, "", is_own});
      if (is_own) arrivals_.push_back(std::move(entry));
      on_the_way_.pop_front();
    }
  }

  std::string trouble() const override { return is_down_ ? "the target is away" : ""; }

 private:
  static constexpr std::size_t places = 8;

  std::string name_;
  OutboxKind kind_;
  Arrivals& arrivals_;
  Random& random_;
  std::function<bool(std::uint64_t)> is_durable_;
  const bool& is_down_;
  std::vector<std::string>& violations_;
  std::deque<OutboxEntry> on_the_way_;
  std::uint64_t last_taken_ = 0;
};

}  // namespace alarum::simulation
