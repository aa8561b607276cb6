#pragma once

#include "daemon/pipeline/line.h"
#include "tests/simulation/defects.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sim_disk.h"
#include "tests/simulation/sim_sink.h"
#include "tests/simulation/sim_topic.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace alarum::simulation {

/// A clock that moves when the world says so. Its time of day jumps.
class SimClock final : public Clock {
 public:
  Timestamp wall() override { return {epoch + steady_.count() + jump_.count()}; }
  Duration steady() override { return steady_; }

  void move(Duration time) { steady_ += time; }
  void jump(Duration time) { jump_ = time; }

 private:
  static constexpr std::int64_t epoch = 1'760'000'000'000'000;
  Duration steady_{0};
  Duration jump_{0};
};

/// How much happened, to be told beside the verdict.
struct Story {
  std::uint64_t processes = 0;
  std::uint64_t crashes = 0;
  std::uint64_t records = 0;
  std::uint64_t gap_records = 0;
  std::uint64_t alerts = 0;
  std::uint64_t repeats = 0;
  std::uint64_t reloads = 0;
};

/// One run of the whole line in one thread: processes live and die over a disk, a broker and targets that
/// last. Everything that happens is drawn from the seed.
class World {
 public:
  /// `defect` may be null.
  World(std::uint64_t seed, const NamedDefect* defect);

  /// Runs it to its end. What was wrong, one sentence each; empty when everything was as it must be.
  std::vector<std::string> run();

  const Story& story() const { return story_; }

 private:
  struct Process;

  void live(std::uint64_t actions);
  void act(Process& process);
  void step_part(Process& process);
  std::size_t any_delivery(const Process& process);
  void change_world();
  void be_calm();
  bool is_settled(const Process& process) const;
  void check();
  void check_alerts();
  void check_dead_letters();
  void complain(std::string sentence);

  Random random_;
  bool is_apart_;  // the first sink has a delivery of its own and hears of all, as that of incidents does
  const NamedDefect* defect_;
  SimClock clock_;
  Disk disk_;
  DiskMood mood_;
  Broker broker_;
  bool target_down_ = false;
  bool crashes_at_points_ = false;
  Arrivals alerts_;
  Arrivals copies_;
  Arrivals dead_letters_;
  std::size_t workers_;
  Line::Settings settings_;
  std::vector<std::string> violations_;
  Story story_;
};

}  // namespace alarum::simulation
