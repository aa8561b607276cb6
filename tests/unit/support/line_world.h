#pragma once

#include "daemon/pipeline/line.h"
#include "tests/simulation/random.h"
#include "tests/simulation/sim_disk.h"
#include "tests/unit/support/event_world.h"
#include "tests/unit/support/still_clock.h"

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

/// A whole line around one partition, stepped in one thread, so that a test says what comes in, what the
/// world is like, and what comes out.
namespace alarum::test {

/// One partition, whose records are there from the start or are added.
class ListSource final : public Source {
 public:
  const std::string& name() const override { return name_; }
  Intake& intake(std::size_t worker) override {
    while (shares_.size() <= worker) shares_.emplace_back(*this, shares_.size());
    return shares_[worker];
  }
  std::vector<PartitionStart> discover(const Positions& committed,
                                       const std::vector<PartitionNotice>& /*ended*/) override {
    if (has_begun_) return {};
    const PartitionId id{"list", "lines", 0};
    const auto known = committed.find(id);
    return {{id, known == committed.end() ? first : known->second.next_offset, gap}};
  }
  Status begin(const PartitionStart& start, std::size_t worker) override {
    has_begun_ = true;
    owner_ = worker;
    next_ = start.offset;
    return {};
  }
  void publish_positions(const Positions& /*committed*/) override {}
  SourceHealth health(const Positions& /*committed*/) override { return {true, "", {}}; }

  std::deque<std::string> lines;
  std::int64_t first = 0;
  std::optional<Gap> gap;
  std::optional<Timestamp> timestamp = parse_time("2026-01-02T03:04:00Z");
  bool is_paused = false;

 private:
  /// Of one worker; that of the owner of the partition gives its records.
  class Share final : public Intake {
   public:
    Share(ListSource& list, std::size_t worker) : list_(list), worker_(worker) {}
    void poll(Duration /*wait*/, std::size_t records_max, IntakeBatch& out) override {
      out.clear();
      if (worker_ == list_.owner_) list_.give(records_max, out);
    }
    void set_paused(bool paused) override {
      if (worker_ == list_.owner_) list_.is_paused = paused;
    }

   private:
    ListSource& list_;
    std::size_t worker_;
  };

  void give(std::size_t records_max, IntakeBatch& out) {
    if (!has_begun_ || is_paused) return;
    for (; next_ < static_cast<std::int64_t>(lines.size()) && out.records.size() < records_max; ++next_) {
      const std::string& line = lines[static_cast<std::size_t>(next_)];
      out.records.push_back({{name_, topic_, 0, next_, timestamp}, line, false, std::nullopt});
    }
  }

  std::string name_ = "list";
  std::string topic_ = "lines";
  std::deque<Share> shares_;
  std::size_t owner_ = 0;
  std::int64_t next_ = 0;
  bool has_begun_ = false;
};

/// Takes everything, unless it is told not to.
class ListSink final : public Sink {
 public:
  explicit ListSink(std::string name) : name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  bool offer(const OutboxEntry& entry) override {
    if (is_shut) return false;
    entries.push_back(entry);
    results_.push_back({entry.sequence, !refuses_all, refuses_all ? "too large" : "",
                        entry.kind != OutboxKind::dead_letter || name_ == "dead letters"});
    return true;
  }
  void step(Duration /*wait*/, std::vector<SinkResult>& results) override {
    results.insert(results.end(), results_.begin(), results_.end());
    results_.clear();
  }
  std::string trouble() const override { return is_shut ? "shut" : ""; }

  std::vector<OutboxEntry> entries;
  bool is_shut = false;
  bool refuses_all = false;

 private:
  std::string name_;
  std::vector<SinkResult> results_;
};

class WholeLine {
 public:
  struct Options {
    std::string rules;
    std::set<PoisonRecord> poison = {};
    Line::Settings settings = {};
    bool has_sinks = true;
  };

  explicit WholeLine(Options options) : options_(std::move(options)) {
    options_.settings.worker.poll_wait = Duration(0);
  }

  /// The plan of rules in YAML for the line's source.
  static std::shared_ptr<const Plan> plan_of(const std::string& rules,
                                             const std::string& revision = "0123456789abcdef") {
    FieldTable fields;
    EventFormat format = *make_event_format("product=x", fields);
    auto parsed = rules_of(rules, fields);
    for (sigma::Rule& rule : parsed) rule.revision = revision;
    return Plan::compile(std::move(parsed), std::move(fields),
                         SourceFormat{"list", "product=x", std::move(format)}, {});
  }

  /// A process begins; one that ran before is gone.
  void start() {
    line_.reset();
    source_ = std::make_unique<ListSource>();
    source_->lines = lines;
    source_->first = first;
    source_->gap = gap;
    store_ = std::make_unique<StateStore>(std::make_unique<simulation::SimStore>(disk, mood, random_));
    std::vector<Delivery::Channel> channels;
    if (options_.has_sinks)
      channels = {{&alerts, OutboxKind::alert, alerts_hear_all}, {&dead_letters, OutboxKind::dead_letter}};
    line_ = std::make_unique<Line>(*store_->load(), plan_of(options_.rules), options_.poison,
                                   Line::Parts{*store_, {source_.get()}, channels, clock}, options_.settings);
  }

  /// Rounds of every part, with time going by.
  WholeLine& go(int rounds = 40) {
    if (!line_) start();
    for (int i = 0; i < rounds; ++i) {
      clock.steady_time += std::chrono::milliseconds(100);
      line_->step_source(0, Duration(0));
      for (std::size_t worker = 0; worker < line_->worker_count(); ++worker) line_->step_worker(worker);
      is_over = !line_->step_committer(Duration(0)) || is_over;
      for (std::size_t one = 0; one < line_->delivery_count(); ++one) line_->step_delivery(one, Duration(0));
    }
    return *this;
  }

  Line& line() { return *line_; }
  ListSource& source() { return *source_; }
  std::shared_ptr<const LineStatus> status() const { return line_->status(); }
  OutcomeTotals totals() const { return status()->sources.at("list").totals; }

  std::deque<std::string> lines;
  std::int64_t first = 0;
  std::optional<Gap> gap;
  bool alerts_hear_all = false;
  ListSink alerts{"alerts"};
  ListSink dead_letters{"dead letters"};
  simulation::Disk disk;
  simulation::DiskMood mood;
  StillClock clock;
  bool is_over = false;

 private:
  Options options_;
  simulation::Random random_{1};
  std::unique_ptr<ListSource> source_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Line> line_;
};

}  // namespace alarum::test
