#pragma once

#include "daemon/base/backoff.h"
#include "daemon/base/bell.h"
#include "daemon/base/bounded_queue.h"
#include "daemon/base/clock.h"
#include "daemon/base/connected_peers.h"
#include "daemon/base/published.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_channel.h"
#include "daemon/respond/action_figures.h"
#include "daemon/respond/action_settler.h"
#include "daemon/respond/action_starter.h"
#include "daemon/respond/action_store.h"
#include "daemon/respond/alert_decider.h"
#include "daemon/respond/block_judge.h"
#include "daemon/respond/effect_keeper.h"
#include "daemon/respond/exemption_teller.h"
#include "daemon/respond/guard_store.h"
#include "daemon/respond/incident_closer.h"
#include "daemon/respond/ledger_damage.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/notice_reader.h"
#include "daemon/respond/response_plan.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alarum {

/// Makes the right thing happen about incidents, once: decides about each alert of the ledger, and has
/// actions carried out by responders. Everything goes through the ledger, in turns of one transaction each:
/// what came of attempts, what is decided, which attempts begin. Only what is committed is handed over, so a
/// crash anywhere leaves in the ledger what has to be known (docs/adr/0014-actions.md). One thread, but for
/// `wake` and `adopt`.
class Dispatcher {
 public:
  /// What it talks to; all of it outlives the dispatcher.
  struct Ports {
    Published<AllResponderFigures>& responders;
    LedgerDamage& damage;
    Clock& clock;
    ConnectedPeers& peers;
    std::string resolv_conf;  ///< the file that names the name servers of this machine
    EffectPorts effect;
    /// How many were seen within `clients_window`; nothing as long as that is not known. Any thread.
    std::function<std::optional<std::uint64_t>()> clients;
    RandomSource random;  ///< for waits
  };

  /// Opens the ledger at `path`, which is there, and goes on with what is unfinished in it. `targets` are the
  /// responders that carry out actions, in the order of the configuration; all that `plan` names are among
  /// them.
  static Result<std::unique_ptr<Dispatcher>> open(const std::string& path, std::vector<ActionTarget> targets,
                                                  std::shared_ptr<const ResponsePlan> plan, Ports ports);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// There may be news in the ledger. Any thread.
  void wake() { bell_.ring(); }
  /// Decides by `plan` from the next turn on; its responders are those of now. Any thread.
  void adopt(std::shared_ptr<const ResponsePlan> plan);

  /// One turn, once there is something to do: waits for that at most for `wait`.
  void step(Duration wait);
  /// Ends what is under way as soon as it can, and writes down what came of it until then, at most for
  /// `patience`: the rest is in the ledger as begun.
  void finish(Duration patience);

  /// Why actions do not get on; empty while they do. Published with the figures of responders, too.
  const std::string& trouble() const { return trouble_; }

 private:
  Dispatcher(std::unique_ptr<LedgerDatabase> database, AuditLog audit, Ports ports);

  void take_reports();
  Result<bool> has_something_to_do(Timestamp now);
  Status turn(Timestamp now);
  Status follow_clock(Timestamp now);
  Status settle_what_is_known(Timestamp now);
  Status take_back_refused(const ActionReport& report, Timestamp now);
  Status settle_left_over(const StoredAction& action, Timestamp now);
  Status find_stand_ins(Timestamp now);
  Status end_orphans(Timestamp now);
  Status use_plan(Timestamp now);
  Status decide_alerts(Timestamp now);
  Result<std::vector<std::vector<ActionTask>>> start_actions(Timestamp now);
  void add_exemptions(const ActionChannel& channel, std::vector<ActionTask>& tasks, Timestamp now);
  void hand_over(std::vector<std::vector<ActionTask>> tasks);
  void look_at_effects(Timestamp now);
  void look_at_resolvers();
  void fail(const Error& error);
  void publish();
  ActionChannel* channel_named(const std::string& name);

  std::unique_ptr<LedgerDatabase> database_;
  Ports ports_;
  ActionStore actions_;
  NoticeReader notices_;
  GuardStore guards_;
  ActionSettler settler_;
  BlockJudge judge_;
  AlertDecider decider_;
  IncidentCloser closer_;
  ActionStarter starter_;
  EffectKeeper effect_;
  ExemptionTeller teller_;
  Published<ResponsePlan> next_plan_;
  std::shared_ptr<const ResponsePlan> plan_;  // that is in use
  bool is_plan_noted_ = false;                // in the ledger, with what it changes there
  Bell bell_;
  BoundedQueue<ActionReport> arrived_;                    // from the responders' threads
  std::vector<ActionReport> reports_;                     // that are not in the ledger yet
  std::vector<std::unique_ptr<ActionChannel>> channels_;  // those that block first; they use `arrived_`
  bool is_settled_ = false;  // whether what the ledger says is under way really is
  bool is_ending_ = false;   // nothing new begins
  // Of turns of which nobody knows whether they held, since the last one that did:
  std::set<std::string> begun_;    // never handed over
  std::set<std::string> resumed_;  // what a process before may have done
  std::string trouble_;
  Duration failed_at_{0};
  Duration looked_at_{0};  // at effects
  Duration turned_at_{0};
  std::optional<Duration> resolvers_at_;  // when they were looked at
  bool has_orphans_ = false;              // blocks that nobody is configured for
  std::optional<Duration> wall_ahead_;    // how far ahead of the steady clock the time of day was
};

}  // namespace alarum
