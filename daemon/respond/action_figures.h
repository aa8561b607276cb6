#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/ledger_database.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the ledger says about what was done and what was not: from these numbers metrics are made.
namespace alarum {

/// What becomes of an action, as `action_counts` has it in its column `outcome`. `denied` is what a guard
/// refused, `duplicate` what was done or is under way already; neither has a row in `actions`.
inline constexpr std::array<std::string_view, 8> action_outcomes = {
    "done", "shadow", "denied", "duplicate", "failed", "in_doubt", "expired", "undone"};

/// One more word of that column: an event of somebody came although he is blocked.
inline constexpr std::string_view ineffective_outcome = "ineffective";

/// Who may keep an action from being done: the guards of guard_rails.h, and the enforcer, whatever guard of
/// its own it names.
inline constexpr std::array<std::string_view, 18> action_guards = {
    "prefix",    "duration",      "loopback",    "unspecified", "link_local", "multicast",
    "broadcast", "trusted_proxy", "never_block", "protected",   "left_alone", "breaker",
    "canary",    "cap",           "enforcer",    "runner",      "mode",       "target"};

/// A responder and what became of an action, by their names.
struct OutcomeKey {
  std::string responder;
  std::string outcome;
  friend auto operator<=>(const OutcomeKey&, const OutcomeKey&) = default;
};

/// All figures of actions as of one look at the ledger. A copy that nobody changes.
struct ActionFigures {
  std::map<OutcomeKey, std::uint64_t> outcomes;        ///< of actions since the ledger began
  std::map<std::string, std::uint64_t> held_by_guard;  ///< those that were not done, or put into shadow
  std::map<std::string, std::uint64_t> blocks_active;  ///< by responder, now
  std::map<std::string, std::uint64_t> unfinished;     ///< by responder, to be done or to be taken back
  std::optional<Timestamp> next_end;                   ///< when the first of the active blocks is over
  bool is_tripped = false;                             ///< the breaker: nothing acts
};

/// Reads them all; it costs as much as there are responders, blocks that last, and actions that wait. Inside
/// or outside of a transaction.
Result<ActionFigures> read_action_figures(LedgerDatabase& database, Timestamp now);

/// How a responder does, which is known in memory alone.
struct ResponderFigures {
  std::string name;
  std::size_t under_way = 0;  ///< actions that were handed over to it and have not come back
  bool is_open = false;       ///< its circuit: it fails so often that it is left in peace for a while
};

/// How actions get on. A copy that nobody changes.
struct AllResponderFigures {
  std::vector<ResponderFigures> responders;  ///< all that carry out actions, those that block first
  std::string trouble;                       ///< why no action gets on; empty while they do
};

}  // namespace alarum
