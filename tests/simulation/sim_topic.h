#pragma once

#include "daemon/stream/source.h"
#include "tests/simulation/random.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alarum::simulation {

/// What the broker has: it outlives every process of a simulation.
class Broker {
 public:
  struct Message {
    std::string bytes;
    Timestamp timestamp;
  };
  struct Partition {
    std::vector<Message> messages;  ///< by offset
    std::int64_t first = 0;         ///< retention deleted what is below
  };

  explicit Broker(Random& random) : random_(random) {}

  void add_partition() { partitions_.emplace_back(); }
  /// Appends a message of some kind to some partition.
  void produce(Timestamp now);
  /// Deletes the older half of what some partition has.
  void overtake();

  const std::vector<Partition>& partitions() const { return partitions_; }
  std::uint64_t produced() const { return produced_; }

 private:
  Random& random_;
  std::vector<Partition> partitions_;
  std::uint64_t produced_ = 0;
};

/// What a message says: how many rules it fires, or that it is no event.
enum class MessageKind : std::uint8_t { quiet, fires_one, fires_two, garbage };
MessageKind kind_of(std::string_view bytes);

/// A source over the broker as one process sees it: it gives records twice, late, in pieces, and stops where
/// retention overtook it.
class SimSource final : public Source {
 public:
  SimSource(Broker& broker, Random& random, std::size_t workers);
  ~SimSource() override;

  const std::string& name() const override { return name_; }
  Intake& intake(std::size_t worker) override;
  std::vector<PartitionStart> discover(const Positions& committed,
                                       const std::vector<PartitionNotice>& ended) override;
  Status begin(const PartitionStart& start, std::size_t worker) override;
  void publish_positions(const Positions& /*committed*/) override {}
  SourceHealth health(const Positions& /*committed*/) override { return {true, "", {}}; }

 private:
  class SimIntake;

  std::string name_ = "sim";
  Broker& broker_;
  Random& random_;
  std::vector<std::unique_ptr<SimIntake>> intakes_;
  std::set<PartitionId> begun_;
};

/// The partition of the simulation with this number.
PartitionId partition_id(std::size_t number);

}  // namespace alarum::simulation
