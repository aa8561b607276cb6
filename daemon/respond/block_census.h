#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/guard_rails.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/stored_action.h"

#include <cstdint>
#include <string>
#include <vector>

namespace alarum {

/// The blocks that caps count, those of the last hour and those in force, as they stand in the ledger at one
/// moment: read once for all the proposals of a transaction, each of which is compared with all of them. One
/// thread.
class BlockCensus {
 public:
  /// Whether those in shadow count, too: for what is in shadow itself, since the breaker was last reset, to
  /// show what would be done.
  enum class Shadow : std::uint8_t { left_out, counted };

  /// Reads them; `now` is the time of all questions, too.
  static Result<BlockCensus> take(LedgerDatabase& database, Timestamp now, Shadow shadow);

  /// Counts one more, if it counts, which was decided on since: its state is `intent` or `shadow`.
  void add(const StoredAction& block);

  /// How many there were, and are, besides `block` itself. `clients` stays open: who was seen is not known
  /// here.
  BlockCounters counters_for(const StoredAction& block) const;

 private:
  BlockCensus(Timestamp now, Timestamp shadow_behind) : now_(now), shadow_behind_(shadow_behind) {}

  /// A block that was decided on within the hour.
  struct Recent {
    std::string id;
    std::string rule_id;
    std::string source;
    Timestamp intended;
  };
  /// An action that holds its target, or is about to.
  struct Active {
    std::string id;
    std::string target_key;
    bool is_late = false;  // it began within `clients_window`
  };

  Status read_recent(LedgerDatabase& database);
  Status read_active(LedgerDatabase& database);

  Timestamp now_;
  Timestamp shadow_behind_;  // since when what is in shadow counts
  std::vector<Recent> recent_;
  std::vector<Active> active_;  // by target
};

}  // namespace alarum
