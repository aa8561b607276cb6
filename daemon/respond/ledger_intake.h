#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/committed_alert.h"
#include "daemon/respond/ledger_database.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alarum {

/// Which alerts belong to one incident (section `incidents` of the configuration).
struct GroupingRules {
  Duration within = std::chrono::hours(1);  ///< of event time, between two alerts that share an entity
  std::vector<std::string> entity_types;    ///< those that join alerts: `host.name`
  /// Values that stand for nobody in particular and join nothing, such as the user `root`; without regard to
  /// case. Loopback and unspecified addresses need not be named.
  std::vector<std::string> shared_values;
};

/// By how many of its entities an alert is joined at most: each is looked for in the ledger.
inline constexpr std::size_t joining_entities_max = 16;
/// How long one transaction takes alerts: whoever edits an incident waits for it.
inline constexpr Duration intake_time_max = std::chrono::milliseconds(100);

/// Puts committed alerts into the ledger and finds the incident of each. One alert after the other in the
/// order that they are given, so a ledger which is made anew in the same order has the same incidents. The
/// ledger's delivery thread.
class LedgerIntake {
 public:
  /// `database` is one that writes; it and `clock` outlive this.
  static Result<std::unique_ptr<LedgerIntake>> prepare(LedgerDatabase& database, GroupingRules rules,
                                                       Clock& clock);

  ~LedgerIntake();
  LedgerIntake(const LedgerIntake&) = delete;
  LedgerIntake& operator=(const LedgerIntake&) = delete;

  /// Inserts them from the first on, as many as `intake_time_max` allows and one at least, in one
  /// transaction: when it returns without an error those are on the disk; how many they are. One that is
  /// there already is left as it is. `passed` is the place in the outbox up to which nothing else is to be
  /// inserted, when all of them are. After an error none of them is inserted, or all; `invalid` says that the
  /// ledger takes one of them never.
  Result<std::size_t> insert(std::span<const CommittedAlert> alerts, std::uint64_t passed = 0);

  /// The place in the outbox up to which the ledger has everything.
  Result<std::uint64_t> position();
  /// The ledger begins behind `sequence`, beside a state that gave it nothing yet: that is written at once.
  Status begin_at(std::uint64_t sequence);
  /// The ledger lacks what is before, and goes on behind `sequence`. It says so with its next transaction:
  /// until then whoever looks what it lacks has to find the same.
  void go_on_at(std::uint64_t sequence) { goes_on_at_ = sequence; }

 private:
  struct Statements;
  struct KeptEntity;
  struct JoinedIncident;
  LedgerIntake(LedgerDatabase& database, GroupingRules rules, Clock& clock,
               std::unique_ptr<Statements> statements);

  std::vector<KeptEntity> entities_of(const CommittedAlert& alert) const;
  Status insert(const CommittedAlert& alert);
  Result<bool> is_known(const CommittedAlert& alert);
  Result<std::int64_t> find_incident(const std::vector<KeptEntity>& entities, const CommittedAlert& alert);
  Result<JoinedIncident> read_incident(std::int64_t number);
  Result<JoinedIncident> open_incident(const CommittedAlert& alert);
  Status join(const JoinedIncident& incident, const CommittedAlert& alert);
  Status count(const JoinedIncident& incident, const CommittedAlert& alert,
               const std::vector<KeptEntity>& entities);

  LedgerDatabase& database_;
  GroupingRules rules_;
  Clock& clock_;
  std::unique_ptr<Statements> statements_;
  std::optional<std::uint64_t> goes_on_at_;  // not yet in the ledger
};

}  // namespace alarum
