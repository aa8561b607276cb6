#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/log_limit.h"
#include "daemon/base/result.h"
#include "daemon/enforcer/answer.h"
#include "daemon/enforcer/block_table.h"
#include "daemon/enforcer/clock_memory.h"
#include "daemon/enforcer/enforcer_state.h"
#include "daemon/enforcer/guards.h"
#include "daemon/enforcer/host_addresses.h"
#include "daemon/enforcer/policy.h"
#include "daemon/enforcer/request.h"
#include "daemon/enforcer/session_clock.h"
#include "daemon/enforcer/state_keeper.h"
#include "daemon/enforcer/state_log.h"
#include "daemon/enforcer/table_keeper.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace alarum::enforcer {

/// Decides about requests and makes what it decided true: first on the disk, then in the kernel, then in the
/// answer. So a crash in between blocks at most what was allowed, and the same request again finds out. One
/// thread; nothing here waits for anybody but the disk and the kernel.
class Enforcer {
 public:
  /// The table, the host and the clock must outlive this.
  Enforcer(Policy policy, BlockTable& table, HostReader& host, StateLog log, Clock& clock);

  /// Makes the kernel's table as the state says: elements that are right stay. What fails is said, and tried
  /// again by `tend`: a full disk is no reason to know nothing of whom to let go.
  void start();

  /// Requests that are answered next came before this moment: the host is looked at anew before one is
  /// decided.
  void begin_batch() {
    is_host_known_ = false;
    blindness_.reset();
  }
  /// Does what a permitted asker wants, or says why not. Only root may `arm`.
  Answer answer(const Request& request, uid_t asker);

  /// Goes on by this policy, and takes back what it does not allow to be blocked.
  void adopt(const Policy& policy);

  /// A changed policy has an error, so that the one before stays in force.
  void keep_policy() { is_policy_current_ = false; }

  /// Takes in what the kernel told of, a new address of this host or that somebody changed the table: at
  /// once, but a few times a second at most.
  void watch();
  /// Ends what is over, compares the kernel's table now and then, follows a clock that was set. About once a
  /// second; returns whether all is well.
  bool tend();

  /// How many targets are blocked.
  std::size_t block_count() const { return state_.actions.target_count(); }
  /// Whether it blocks; not between `panic` and `arm`.
  bool is_armed() const { return state_.is_armed; }

 private:
  Answer block(const Request& request);
  Answer unblock(const Request& request, uid_t asker);
  Answer unblock_nothing(const Request& request, uid_t asker);
  Answer protect(const Request& request, uid_t asker);
  Answer unprotect(const Request& request, uid_t asker);
  Answer status() const;
  Answer panic();
  Answer arm(uid_t asker);

  Answer make(const Action& action);
  Answer repeat(const Action& action);
  Status leave_alone(const IpNetwork& target);
  void catch_up_with_clock();
  void follow_clock();
  void tidy();
  void shift(Duration by);
  void keep_within_policy();
  std::optional<Refusal> refuse_unknown_host();
  Status look_at_host();
  void try_to_look();
  void say(LogLimit& limit, std::string_view what, const Status& status);
  Status end(const std::string& id);
  void revoke();
  void revoke(const std::vector<Revocation>& revocations);
  void trip_breaker(const Refusal& refusal);
  Answer counted(const Refusal& refusal);

  Policy policy_;
  HostReader& host_;
  Clock& clock_;
  ClockMemory memory_;
  SessionClock session_;
  StateKeeper books_;
  EnforcerState& state_;  // the one in the books
  TableKeeper table_;
  HostAddresses known_host_;
  bool is_host_known_ = false;
  std::optional<Error> blindness_;  // why the host could not be looked at in this batch
  Duration watched_at_{0};          // on the steady clock: when the kernel's word had the host looked at last
  Duration seen_at_{0};             // on the steady clock
  bool is_clock_due_ = false;       // to be kept for the next process
  LogLimit state_lines_{std::chrono::seconds(10)};
  LogLimit clock_lines_{std::chrono::minutes(10)};
  LogLimit table_lines_{std::chrono::seconds(10)};
  LogLimit unknown_lines_{std::chrono::seconds(10)};
  LogLimit refused_lines_{std::chrono::seconds(1)};
  std::optional<Duration> capped_at_;  // on the steady clock: when the cap of the hour was reached last
  bool is_policy_current_ = true;
  std::size_t refused_count_ = 0;
  std::size_t revoked_count_ = 0;
};

}  // namespace alarum::enforcer
