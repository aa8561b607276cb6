#pragma once

#include "daemon/base/connected_peers.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_settler.h"
#include "daemon/respond/action_store.h"
#include "daemon/respond/block_census.h"
#include "daemon/respond/guard_rails.h"
#include "daemon/respond/guard_store.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/response_plan.h"
#include "daemon/respond/stored_action.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace alarum {

/// Judges acting actions by the guard rails, by what the ledger knows: twice, when they are decided and when
/// they are to begin, since people may have said something in between. All of it inside of a transaction of
/// the caller. One thread.
class BlockJudge {
 public:
  /// What it uses outlives this.
  BlockJudge(LedgerDatabase& database, ActionStore& actions, GuardStore& guards, ActionSettler& settler,
             ConnectedPeers& peers)
      : database_(database), actions_(actions), guards_(guards), settler_(settler), peers_(peers) {}

  /// Reads who is exempt, whom the daemon is connected to among them, and whether the breaker is tripped;
  /// `clients` is how many were seen within `clients_window`, nothing as long as that is not known. Before
  /// the first question of each transaction.
  Status look(Timestamp now, std::optional<std::uint64_t> clients);

  /// Why the action is not to be done, or only to be written down (`means_shadow`); nothing where it may. A
  /// refusal that says that something is wrong as a whole trips the breaker, of which all who tell are told;
  /// that of an action in the state `shadow` does not.
  Result<std::optional<GuardRefusal>> judge(const StoredAction& action, const ResponsePlan& plan,
                                            Timestamp now);
  /// The same when it is to begin, without what was counted and decided before.
  std::optional<GuardRefusal> judge_again(const StoredAction& action, const ResponsePlan& plan,
                                          Timestamp now) const;
  /// An action that `judge` let pass is in the ledger now: it counts for those that are judged next.
  void note_decided(const StoredAction& action);

  /// Why nothing may be done to the target, and a block that is there must go: it is protected, or people
  /// have unblocked it while that was on its way. Nothing where it may be, or is no address.
  std::optional<GuardRefusal> refuse_standing(const StoredAction& action, const ResponsePlan& plan,
                                              Timestamp now) const;

  /// Who is exempt, as it was looked at.
  const Exemptions& exemptions() const { return exemptions_; }

  /// Whether the daemon is connected to somebody for whom no block was taken back yet.
  bool has_new_peers() const { return has_new_peers_; }
  /// What was done since `look` is committed.
  void note_committed() { has_new_peers_ = false; }

  /// Takes back every block that became protected.
  Status revoke_protected(const ResponsePlan& plan, Timestamp now);

 private:
  Result<std::optional<GuardRefusal>> judge_block(const StoredAction& block, const ResponsePlan& plan,
                                                  Timestamp now);
  Result<BlockCounters> count(const StoredAction& block, Timestamp now);
  Result<std::optional<Timestamp>> rule_since(const StoredAction& action);
  void add_peers();
  Status trip(const GuardRefusal& refusal, const ResponsePlan& plan, Timestamp now);

  LedgerDatabase& database_;
  ActionStore& actions_;
  GuardStore& guards_;
  ActionSettler& settler_;
  ConnectedPeers& peers_;
  Exemptions exemptions_;
  std::set<IpAddress> known_peers_;
  bool has_new_peers_ = false;
  Breaker breaker_;
  std::optional<std::uint64_t> clients_;
  // Once they are asked for: without what is in shadow, and with it.
  std::optional<BlockCensus> census_;
  std::optional<BlockCensus> shadow_census_;
};

/// The guard of what is no address, though it is to be blocked.
inline constexpr std::string_view target_guard = "target";

}  // namespace alarum
