#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/incident.h"
#include "daemon/respond/ledger_database.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// One incident without what belongs to it.
struct IncidentSummary {
  std::int64_t number = 0;  ///< grows with each new incident
  std::string id;
  IncidentState state = IncidentState::fresh;
  std::string level;
  std::string title;
  Timestamp opened;
  std::optional<Timestamp> first_event;
  std::optional<Timestamp> last_event;
  std::int64_t alerts = 0;
  std::string assignee;       ///< empty: nobody
  std::string verdict;        ///< empty: none yet
  std::int64_t revision = 0;  ///< grows with each change that people make, and when it gets worse
};

/// How often a rule, or an entity, is in the alerts of an incident, and from when to when.
struct IncidentCount {
  std::string name;   ///< the rule's id, the entity's type
  std::string value;  ///< the rule's title, the entity's value
  std::string level;  ///< of a rule
  std::int64_t alerts = 0;
  Timestamp first;
  Timestamp last;
};

/// One change of an incident.
struct JournalEntry {
  std::int64_t number = 0;  ///< grows with each entry
  Timestamp at;
  std::string who;
  std::optional<std::int64_t> who_uid;  ///< nothing: the daemon by itself
  std::string change;
  std::string from;
  std::string to;
  std::string why;
};

/// What somebody wrote about an incident.
struct IncidentNote {
  std::int64_t number = 0;  ///< grows with each note
  Timestamp at;
  std::string who;
  std::optional<std::int64_t> who_uid;  ///< nothing: another program than ours wrote it
  std::string kind;
  std::string markdown;
};

/// An alert as it was committed, and its place among those of the ledger.
struct IncidentAlert {
  std::int64_t number = 0;
  std::string json;
};

/// Which incidents are asked for.
struct IncidentFilter {
  std::optional<IncidentState> state = {};   ///< nothing: all that are not resolved
  bool is_any_state = false;                 ///< resolved ones, too
  std::optional<std::string> assignee = {};  ///< empty: nobody's
  std::string level_min = {};                ///< empty: all levels
  std::int64_t before = 0;  ///< older than the incident of this number; 0: from the newest on
};

/// How much of a list is read: it ends where either is reached, behind its first item at the earliest.
struct LedgerPage {
  std::size_t items = 100;
  std::size_t bytes = 1U << 20U;  ///< of the texts
};

/// The part of a list that was read.
template <class Item>
struct LedgerList {
  std::vector<Item> items;
  bool is_cut = false;  ///< there is more
};

/// The incident whose id is, or begins with, `id`. The error says that there is none, or that several begin
/// so.
Result<IncidentSummary> find_incident(LedgerDatabase& database, std::string_view id);

/// Reads the ledger over a connection that cannot write. Lists are in the order that they say, and no more of
/// them is read than a page takes. `before` is the number before which a page begins; 0: the newest. One
/// thread.
class LedgerReader {
 public:
  /// The ledger at `path` has to be there.
  static Result<std::unique_ptr<LedgerReader>> open(const std::string& path);

  /// What is read as long as it lives is of one moment.
  Result<LedgerTransaction> moment() { return LedgerTransaction::begin_reading(*database_); }
  /// Its connection, for what else is read of that moment.
  LedgerDatabase& database() { return *database_; }

  /// Newest first.
  Result<LedgerList<IncidentSummary>> list(const IncidentFilter& filter, LedgerPage page);
  /// By id, or the beginning of one.
  Result<IncidentSummary> incident(std::string_view id) { return find_incident(*database_, id); }
  /// Those with the most alerts first.
  Result<LedgerList<IncidentCount>> rules(const std::string& id, LedgerPage page);
  Result<LedgerList<IncidentCount>> entities(const std::string& id, LedgerPage page);
  /// The newest, oldest of them first.
  Result<LedgerList<JournalEntry>> journal(const std::string& id, std::int64_t before, LedgerPage page);
  Result<LedgerList<IncidentNote>> notes(const std::string& id, std::int64_t before, LedgerPage page);
  /// Those that came last first.
  Result<LedgerList<IncidentAlert>> alerts(const std::string& id, std::int64_t before, LedgerPage page);

 private:
  explicit LedgerReader(std::unique_ptr<LedgerDatabase> database) : database_(std::move(database)) {}
  std::unique_ptr<LedgerDatabase> database_;
};

}  // namespace alarum
