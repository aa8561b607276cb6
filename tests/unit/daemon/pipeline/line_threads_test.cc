#include "daemon/pipeline/line_threads.h"

#include "tests/unit/support/line_world.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <mutex>
#include <thread>

namespace alarum {
namespace {

constexpr std::int32_t partitions = 4;
constexpr std::int64_t records_each = 500;

/// Partitions whose records are there from the start; for lines that run in threads.
class SharedSource final : public Source {
 public:
  explicit SharedSource(std::size_t workers) {
    for (std::size_t worker = 0; worker < workers; ++worker) shares_.emplace_back(*this, worker);
  }

  const std::string& name() const override { return name_; }
  Intake& intake(std::size_t worker) override { return shares_[worker]; }
  std::vector<PartitionStart> discover(const Positions& /*committed*/,
                                       const std::vector<PartitionNotice>& /*ended*/) override {
    std::vector<PartitionStart> out;
    for (std::int32_t number = 0; number < partitions && !is_discovered_; ++number)
      out.push_back({{name_, topic_, number}, 0, std::nullopt});
    is_discovered_ = true;
    return out;
  }
  Status begin(const PartitionStart& start, std::size_t worker) override {
    const std::lock_guard lock(mutex_);
    begun_.push_back({start.partition.number, worker, start.offset});
    return {};
  }
  void publish_positions(const Positions& /*committed*/) override {}
  SourceHealth health(const Positions& /*committed*/) override { return {true, "", {}}; }

 private:
  struct Begun {
    std::int32_t number;
    std::size_t worker;
    std::int64_t next;
  };

  /// Of one worker.
  class Share final : public Intake {
   public:
    Share(SharedSource& source, std::size_t worker) : source_(source), worker_(worker) {}
    void poll(Duration /*wait*/, std::size_t records_max, IntakeBatch& out) override {
      out.clear();
      if (!is_paused_) source_.give(worker_, std::min<std::size_t>(records_max, 7), out);
    }
    void set_paused(bool paused) override { is_paused_ = paused; }

   private:
    SharedSource& source_;
    std::size_t worker_;
    bool is_paused_ = false;
  };

  void give(std::size_t worker, std::size_t records_max, IntakeBatch& out) {
    const std::lock_guard lock(mutex_);
    for (Begun& begun : begun_) {
      if (begun.worker != worker) continue;
      for (std::size_t i = 0; i < records_max && begun.next < records_each; ++i, ++begun.next)
        out.records.push_back(
            {{name_, topic_, begun.number, begun.next, Timestamp{0}}, line_, false, std::nullopt});
    }
  }

  const std::string name_ = "list";
  const std::string topic_ = "lines";
  const std::string line_ = R"({"a":1})";
  bool is_discovered_ = false;
  std::mutex mutex_;  // between the source's thread, which begins, and the workers
  std::vector<Begun> begun_;
  std::deque<Share> shares_;
};

/// RocksDB's twin with what a simulation does without: one thread writes and another scans.
class LockedStore final : public ByteStore {
 public:
  Status write(std::span<const ByteChange> changes) override {
    const std::lock_guard lock(mutex_);
    return store_.write(changes);
  }
  Result<std::vector<std::pair<std::string, std::string>>> scan(const std::string& first,
                                                                const std::string& last,
                                                                std::size_t bytes_max) override {
    const std::lock_guard lock(mutex_);
    return store_.scan(first, last, bytes_max);
  }

 private:
  std::mutex mutex_;
  simulation::Disk disk_;
  simulation::DiskMood mood_;
  simulation::Random random_{1};
  simulation::SimStore store_{disk_, mood_, random_};
};

/// Does not come back from a step before it is let go.
class StuckSink final : public Sink {
 public:
  const std::string& name() const override { return name_; }
  bool offer(const OutboxEntry& entry) override {
    offered_.push_back({entry.sequence, true, ""});
    return true;
  }
  void step(Duration /*wait*/, std::vector<SinkResult>& results) override {
    is_free_.wait(false);
    results.insert(results.end(), offered_.begin(), offered_.end());
    offered_.clear();
  }
  std::string trouble() const override { return ""; }
  void let_go() {
    is_free_ = true;
    is_free_.notify_all();
  }

 private:
  const std::string name_ = "stuck";
  std::vector<SinkResult> offered_;
  std::atomic<bool> is_free_{false};
};

/// The piece of an alert from one of its keys up to another.
std::string piece(const OutboxEntry& alert, std::string_view from, std::string_view to) {
  const std::size_t begin = alert.payload.find(from);
  const std::size_t end = alert.payload.find(to, std::min(begin, alert.payload.size()));
  REQUIRE(end != std::string::npos);
  return alert.payload.substr(begin, end - begin);
}

std::shared_ptr<const Plan> plan_of_revision(int number) {
  std::string revision = std::to_string(number);
  revision.insert(0, 16 - revision.size(), '0');
  return test::WholeLine::plan_of(
      test::rule_text("r1", "product: x", "s: {a: 1}, condition: s") +
          test::rule_text("r2", "product: x", "s: {a|exists: true}, condition: s"),
      revision);
}

/// For the thread sanitizer above all: every part in its thread, and everybody who may ask or tell from
/// outside.
TEST_CASE("a line in threads tells every record once, by one plan, while plans are swapped") {
  constexpr std::size_t workers = 3;
  constexpr std::uint64_t records = partitions * records_each;
  SharedSource source(workers);
  test::ListSink alerts("alerts");
  StateStore store(std::make_unique<LockedStore>());
  SystemClock clock;
  Line::Settings settings;
  settings.workers = workers;
  settings.committer.interval = std::chrono::milliseconds(2);
  Line line(*store.load(), plan_of_revision(0), {}, {store, {&source}, {{&alerts, OutboxKind::alert}}, clock},
            settings);
  {
    LineThreads threads(line);
    const Duration deadline = steady_now() + std::chrono::seconds(60);
    std::uint64_t told = 0;
    for (int number = 1; told < 2 * records && steady_now() < deadline; ++number) {
      line.adopt(plan_of_revision(number));
      static_cast<void>(threads.heartbeats());
      static_cast<void>(line.source_health(0));
      static_cast<void>(line.status());
      if (const auto delivery = line.delivery_status(); delivery && delivery->sinks.contains("alerts"))
        told = delivery->sinks.at("alerts").delivered;
    }
    REQUIRE(threads.finish(std::chrono::seconds(60)));
  }

  CHECK(line.status()->sources.at("list").totals.evaluated == records);
  REQUIRE(alerts.entries.size() == 2 * records);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < alerts.entries.size(); i += 2) {  // both rules match each record
    const OutboxEntry& one = alerts.entries[i];
    const OutboxEntry& other = alerts.entries[i + 1];
    ids.insert({one.key, other.key});
    REQUIRE(piece(one, R"("partition":)", R"("timestamp":)") ==
            piece(other, R"("partition":)", R"("timestamp":)"));
    REQUIRE(piece(one, R"("revision":)", "}") == piece(other, R"("revision":)", "}"));
  }
  CHECK(ids.size() == 2 * records);
}

TEST_CASE("a sink that is apart and hangs keeps no other from delivering") {
  constexpr std::uint64_t alerts_made = 2 * partitions * records_each;
  SharedSource source(1);
  test::ListSink alerts("alerts");
  StuckSink stuck;
  StateStore store(std::make_unique<LockedStore>());
  SystemClock clock;
  Line::Settings settings;
  settings.committer.interval = std::chrono::milliseconds(2);
  Line line(*store.load(), plan_of_revision(0), {},
            {store,
             {&source},
             {{.sink = &stuck, .hears_all = true, .is_apart = true}, {&alerts, OutboxKind::alert}},
             clock},
            settings);
  const auto delivered = [&](const std::string& sink) {
    const auto delivery = line.delivery_status();
    return delivery && delivery->sinks.contains(sink) ? delivery->sinks.at(sink).delivered : 0;
  };
  LineThreads threads(line);
  const Duration deadline = steady_now() + std::chrono::seconds(60);
  while (delivered("alerts") < alerts_made && steady_now() < deadline) std::this_thread::yield();
  CHECK(delivered("alerts") == alerts_made);
  CHECK(delivered("stuck") == 0);
  stuck.let_go();

  REQUIRE(threads.finish(std::chrono::seconds(60)));
  CHECK(line.status()->outbox_pending == 0);
}

}  // namespace
}  // namespace alarum
