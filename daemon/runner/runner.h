#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/log_limit.h"
#include "daemon/base/time.h"
#include "daemon/runner/launcher.h"
#include "daemon/runner/policy.h"
#include "daemon/runner/request.h"
#include "daemon/runner/run_book.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace alarum::runner {

/// A run that is over: with a report, or in doubt without one.
struct FinishedRun {
  std::string action_id;
  Timestamp started = {};
  std::optional<RunReport> report;

  /// What those are told who waited for it. Who asked while it ran already is told that it was repeated.
  std::string answer(bool is_repeated) const;
};

/// What an asker is told.
struct Reply {
  std::string text = {};     ///< empty where a run goes on, which the asker has to wait for
  bool is_pending = false;   ///< that is so
  bool is_repeated = false;  ///< the run was going on before
};

/// Decides on requests: what is run, what became of what was, what is refused and by which guard. An action
/// is written down before its script starts, and its end before anybody is told. One thread.
class Runner {
 public:
  /// The launcher and the clock must outlive this.
  Runner(const Policy& policy, RunBook book, Launcher& launcher, Clock& clock);

  /// The answer to a request of a user.
  Reply answer(const Request& request, uid_t user);

  /// What can be read when a run may be over, for `poll`.
  std::vector<int> descriptors() const;
  /// Takes note of what the supervisors report; the runs that are over.
  std::vector<FinishedRun> collect();

  /// Now and then: forgets what is old, and writes down what could not be written.
  void tend();

  /// From now on this policy holds; what runs goes on by the one before.
  void adopt(const Policy& policy);
  /// Root changed the policy into one that cannot be used.
  void keep_policy() { is_policy_kept_ = true; }

  /// Begins nothing more and asks what runs to end.
  void stop();
  /// How many scripts run.
  std::size_t running_count() const { return running_.size(); }

 private:
  /// A run that goes on.
  struct Running {
    Timestamp started = {};
    Duration ends_at{};  // on the steady clock: its supervisor has reported by then, or never will
    Launched launched = {};
    std::string received = {};  // of the report
    bool is_over = false;
  };

  Reply answer_run(const Request& request);
  std::optional<std::string> what_became_of(const std::string& action_id, bool is_question) const;
  std::string answer_forget(const std::string& action_id, uid_t user);
  std::string status() const;
  std::optional<std::string> objection(const Request& request, Timestamp now);
  std::optional<std::string> begin(const Request& request, Timestamp now);
  std::string refuse(std::string_view guard, std::string_view entry, std::string_view why);
  Launch launch_of(const Request& request) const;
  static void receive(Running& running);
  FinishedRun finish(const std::string& action_id, Running& running);

  Policy policy_;
  RunBook book_;
  Launcher& launcher_;
  Clock& clock_;
  std::map<std::string, Running> running_;
  std::vector<Timestamp> starts_;  // of the last hour
  std::uint64_t run_count_ = 0;
  std::uint64_t refused_count_ = 0;
  LogLimit book_lines_{std::chrono::seconds(10)};
  bool is_stopping_ = false;
  bool is_policy_kept_ = false;
};

}  // namespace alarum::runner
