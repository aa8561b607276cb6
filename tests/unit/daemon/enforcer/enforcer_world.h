#pragma once

#include "daemon/base/file.h"
#include "daemon/enforcer/enforcer.h"
#include "tests/unit/support/temporary_folder.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// An enforcer with everything around it in memory but its state file: a kernel that others may change and
/// that may refuse, a host, a clock.
namespace alarum::enforcer::test {

/// A clock that stands until it is moved.
class HandClock final : public Clock {
 public:
  Timestamp wall() override { return wall_; }
  Duration steady() override { return steady_; }

  /// Lets time pass, on both clocks.
  void pass(Duration time) {
    steady_ += time;
    set(time);
  }
  /// The steady clock begins anew.
  void reboot(Duration ahead) {
    steady_ = std::chrono::seconds(20);
    set(ahead);
  }
  /// Sets the time of day ahead.
  void set(Duration ahead) { wall_.microseconds += ahead.count(); }

 private:
  Timestamp wall_{std::int64_t{1'790'000'000} * 1'000'000};
  Duration steady_{std::chrono::hours(1)};
};

/// The kernel's table as a map; elements end by the steady clock.
class MemoryTable final : public BlockTable {
 public:
  explicit MemoryTable(HandClock& clock) : clock_(clock) {}

  Status rebuild(std::span<const TableEntry> entries) override {
    if (is_refusing) return refusal();
    ends.clear();
    is_intact = true;
    for (const TableEntry& entry : entries) ends[entry.target] = clock_.steady() + *entry.left;
    return {};
  }
  Status put(const TableEntry& entry) override {
    if (is_refusing) return refusal();
    ends[entry.target] = clock_.steady() + *entry.left;
    return {};
  }
  Status remove(const IpNetwork& target) override {
    if (is_refusing) return refusal();
    ends.erase(target);
    return {};
  }
  Status flush() override { return is_refusing ? refusal() : rebuild({}); }
  Status drop() override {
    ends.clear();
    is_intact = false;
    return {};
  }
  bool was_changed() override { return std::exchange(is_touched, false); }
  Result<TableListing> list() override {
    std::erase_if(ends, [&](const auto& entry) { return entry.second <= clock_.steady(); });
    TableListing out{is_intact, {}};
    for (const auto& [target, end] : ends) out.entries.push_back({target, end - clock_.steady()});
    return out;
  }

  std::map<IpNetwork, Duration> ends;
  bool is_intact = false;
  bool is_refusing = false;
  bool is_touched = false;  ///< somebody else changed it, and the kernel told so

 private:
  static Status refusal() { return Error{ErrorCode::io, "Operation not permitted"}; }

  HandClock& clock_;
};

/// A host that is what a test says.
class MemoryHost final : public HostReader {
 public:
  bool has_changed() override { return is_changed; }
  Result<HostAddresses> read() override {
    ++read_count;
    if (is_refusing) return Error{ErrorCode::io, "cannot ask the kernel"};
    is_changed = false;
    return addresses;
  }

  HostAddresses addresses;
  bool is_refusing = false;
  bool is_changed = false;  ///< the kernel told so
  int read_count = 0;
};

/// All of it.
class EnforcerWorld {
 public:
  explicit EnforcerWorld(const std::string& policy = {}) : policy_(read(policy)) { start(); }

  /// Ends the enforcer as a kill does.
  void stop() { enforcer_.reset(); }
  /// Ends it and starts it again.
  void restart() {
    stop();
    start();
  }
  /// The machine goes down and comes up, with its clock set ahead by so much.
  void reboot(Duration ahead) {
    stop();
    clock.reboot(ahead);
    table.ends.clear();
    table.is_intact = false;
    std::filesystem::remove(folder_ / "clock");
    start();
  }
  /// What the enforcer answers to root.
  std::string ask(std::string_view text, uid_t asker = 0) {
    enforcer_->begin_batch();
    return ask_in_batch(text, asker);
  }
  /// The same, of a request that came together with the one before.
  std::string ask_in_batch(std::string_view text, uid_t asker = 0) {
    const auto request = parse_request(text);
    ENSURE(request.has_value(), "a test asks what can be asked");
    return enforcer_->answer(*request, asker).text();
  }
  /// The first words of the answer: `done`, or `refused guard=… entry=…`.
  std::string outcome(std::string_view text) {
    const std::string answer = ask(text);
    return answer.starts_with("done") ? "done" : answer.substr(0, answer.find(" why="));
  }
  /// Lets time pass in seconds, with the enforcer looking after its table.
  void pass(std::chrono::seconds time) {
    clock.pass(time);
    enforcer_->tend();
  }
  /// What happens at once when the kernel tells something.
  void watch() { enforcer_->watch(); }
  void adopt(const std::string& policy) { enforcer_->adopt(policy_ = read(policy)); }

  /// What the kernel blocks and for how many seconds still, as `192.0.2.1=900 …`.
  std::string blocked() {
    std::string out;
    const TableListing listing = *table.list();
    for (const TableEntry& entry : listing.entries) {
      const auto left = std::chrono::round<std::chrono::seconds>(*entry.left).count();
      out += (out.empty() ? "" : " ") + entry.target.to_text() + "=" + std::to_string(left);
    }
    return out;
  }
  std::string state_path() const { return folder_ / "state"; }

  HandClock clock;
  MemoryTable table{clock};
  MemoryHost host;

 private:
  static Policy read(const std::string& text) {
    auto loaded = parse_policy("enforcer.yaml", text);
    ENSURE(!has_errors(loaded.problems), "the policy of a test is sound");
    return std::move(loaded.policy);
  }
  void start() {
    auto log = StateLog::open(state_path());
    ENSURE(log.has_value(), "a state can be opened");
    policy_.clock = folder_ / "clock";
    enforcer_ = std::make_unique<Enforcer>(policy_, table, host, *std::move(log), clock);
    enforcer_->start();
  }

  alarum::test::TemporaryFolder folder_;
  Policy policy_;
  std::unique_ptr<Enforcer> enforcer_;
};

}  // namespace alarum::enforcer::test
