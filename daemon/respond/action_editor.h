#pragma once

#include "config/guard_rails_config.h"
#include "config/responder_mode.h"
#include "daemon/base/clock.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/published.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/audit_log.h"
#include "daemon/respond/exemption_store.h"
#include "daemon/respond/ledger_damage.h"
#include "daemon/respond/ledger_database.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// A responder that blocks.
struct Blocker {
  std::string name;
  ResponderMode mode = ResponderMode::shadow;
};

/// What bounds the edits of people, by one revision of the configuration. A copy that nobody changes.
struct ActionRules {
  GuardRailsConfig guard_rails;
  std::vector<Blocker> blockers;
};

/// Somebody who edits, and why.
struct ActionPerson {
  std::string who;           ///< the name of the user, as it was then
  std::int64_t who_uid = 0;  ///< the same as a number
  std::string why;           ///< at most `why_bytes_max`
};

/// A block that somebody wants.
struct BlockOrder {
  std::string target;     ///< an address or a network
  Duration lasts{};       ///< how long
  std::string responder;  ///< by whom; empty: the only one that blocks
};

/// Which blocks are undone: those for which all of it holds.
struct UndoFilter {
  std::string incident = {};            ///< its id, or the beginning of it; empty: any
  std::string rule = {};                ///< id of the rule whose alert asked for it; empty: any
  std::optional<Timestamp> since = {};  ///< decided then or later; nothing: at any time
};

/// What became of an edit that takes blocks back.
struct BlocksTakenBack {
  std::size_t blocks = 0;            ///< that are being taken back now, or will not begin
  std::size_t to_come = 0;           ///< that are being made just now
  std::vector<std::string> held_by;  ///< networks around the target that are blocked still
};

/// What people change about actions: each edit is one transaction with its entries in the audit log. It only
/// writes down what shall be; who carries actions out sees it and does it. One thread.
class ActionEditor {
 public:
  /// How long somebody may be allowed.
  static constexpr Duration allowed_max = std::chrono::hours(30 * 24);

  /// The ledger at `path` is there and in our version. `rules` has some; each edit goes by those of its time,
  /// which a reload may replace. All of it outlives this.
  static Result<std::unique_ptr<ActionEditor>> open(const std::string& path,
                                                    const Published<ActionRules>& rules, Clock& clock,
                                                    LedgerDamage& damage);

  /// Orders a block and gives the action's id. What would keep it from being made whoever it is for, the
  /// responder's mode and a tripped breaker, refuses it here, and so do the guards that need no figures, with
  /// their names; the others, and the enforcer, where it is carried out. The id is a function of the
  /// responder, of the target and of how often people had that block it before. Errors, here and below, are
  /// those of `LedgerEditor::apply`.
  Result<std::string> block(const BlockOrder& order, const ActionPerson& by);

  /// Takes back the blocks of everything in `target`, and leaves it alone for `guard_rails.leave_alone`, also
  /// where nothing of it is blocked now.
  Result<BlocksTakenBack> unblock(const std::string& target, const ActionPerson& by);

  /// Takes back the blocks that the filter names, which has to name something, and leaves their targets
  /// alone.
  Result<BlocksTakenBack> undo(const UndoFilter& filter, const ActionPerson& by);

  /// Allows a network for that long, and takes back the blocks that share an address with it.
  Result<BlocksTakenBack> allow(const std::string& network, Duration lasts, const ActionPerson& by);

  /// Takes back that exactly this network is allowed, and that it is left alone.
  Status disallow(const std::string& network, const ActionPerson& by);

  /// Lets actions be done again after the breaker has tripped; `not_found` where it has not.
  Status reset_breaker(const ActionPerson& by);

 private:
  ActionEditor(std::unique_ptr<LedgerDatabase> database, const Published<ActionRules>& rules, Clock& clock,
               LedgerDamage& damage)
      : database_(std::move(database)), rules_(rules), clock_(clock), damage_(damage) {}

  /// An edit in its transaction.
  struct Edit;

  Status make(const ActionPerson& by, const std::function<Status(Edit&)>& steps);
  Status refuse_early(const GuardRailsConfig& config, const IpNetwork& target, Duration lasts, Timestamp now);
  Status refuse_tripped();
  Result<std::string> insert_block(const IpNetwork& target, const std::string& responder, Duration lasts,
                                   Edit& edit);
  Status leave_alone(const std::vector<IpNetwork>& networks, Edit& edit);

  std::unique_ptr<LedgerDatabase> database_;
  const Published<ActionRules>& rules_;
  Clock& clock_;
  LedgerDamage& damage_;
};

}  // namespace alarum
