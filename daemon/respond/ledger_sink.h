#pragma once

#include "config/daemon_config.h"
#include "daemon/base/clock.h"
#include "daemon/base/file_lock.h"
#include "daemon/base/published.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_figures.h"
#include "daemon/respond/ledger_damage.h"
#include "daemon/respond/ledger_figures.h"
#include "daemon/respond/ledger_intake.h"
#include "daemon/stream/sink.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// Puts committed alerts into the ledger: what it was offered in as few transactions as their time allows,
/// and only what one has brought to the disk has arrived. While the disk is full or the file is locked it
/// keeps them and tries again, less and less often; what it cannot keep waits in the outbox. It also follows
/// the journal and the actions, whoever writes them, and publishes the figures. A delivery thread of its own:
/// other sinks do not wait for it.
class LedgerSink final : public Sink {
 public:
  /// Where the ledger is and what belongs together in it.
  struct Settings {
    std::string path;
    GroupingRules grouping;
  };

  /// How far the outbox is, as the state says.
  struct OutboxPosition {
    std::optional<std::uint64_t> delivered;  ///< to a ledger; nothing where there was none
    std::uint64_t last = 0;                  ///< entry
  };

  /// What it talks to; all of it outlives the sink.
  struct Ports {
    Published<IncidentFigures>& figures;
    Published<ActionFigures>& actions;
    LedgerDamage& damage;
    Clock& clock;
    std::function<void()> inserted;       ///< tells that there are new alerts in the ledger
    std::function<void(Duration)> pause;  ///< waits: nothing tells when a disk has room
  };

  /// Opens or makes the ledger at its path, which no other process may have, and counts what is in its
  /// journal. A ledger that lacks what was delivered to it, since it was deleted or is a copy of before, is
  /// taken and complained of.
  static Result<std::unique_ptr<LedgerSink>> open(const Settings& settings, OutboxPosition outbox,
                                                  Ports ports);

  const std::string& name() const override { return name_; }
  bool offer(const OutboxEntry& entry) override;
  void step(Duration wait, std::vector<SinkResult>& results) override;
  std::string trouble() const override { return trouble_.empty() ? look_trouble_ : trouble_; }

 private:
  LedgerSink(std::string path, FileLock lock, Ports ports);

  Status settle_position(OutboxPosition outbox);
  void try_to_write(Duration now, Duration wait, std::vector<SinkResult>& results);
  Status write_pending(Duration wait, std::vector<SinkResult>& results);
  void fail(const Error& error, Duration wait);
  void rest(const std::string& why, Duration wait);
  bool give_up_refused(const Error& error);
  void look();
  Status follow_journal();
  Status follow_actions();

  const std::string name_{ledger_name};
  const std::string path_;
  FileLock lock_;
  Ports ports_;
  std::unique_ptr<LedgerDatabase> database_;
  std::unique_ptr<LedgerIntake> intake_;
  std::unique_ptr<LedgerFigures> figures_;
  std::vector<CommittedAlert> pending_;  // offered, and not in the ledger
  std::deque<SinkResult> answers_;       // for all that was offered, to be given when it is in the ledger
  std::size_t pending_bytes_ = 0;
  std::size_t batch_max_;  // alerts of one transaction: few where one of them is none that the ledger takes
  std::size_t refused_in_a_row_ = 0;  // alerts, since the ledger took one
  bool is_resting_ = false;           // the file is damaged
  Duration written_at_{0};
  Duration retry_at_{0};
  Duration retry_delay_{0};
  std::int64_t version_of_others_ = -1;  // of the database, as far as it is in the figures
  bool has_news_ = true;                 // we have changed the ledger since the last look
  Duration looked_at_{0};
  std::optional<Timestamp> block_ends_at_;  // the first of those that the figures have
  std::string warning_;                     // what somebody should look at, as long as the process runs
  std::string trouble_;                     // why alerts cannot be written; else empty
  std::string look_trouble_;                // why the journal cannot be read; else empty
};

}  // namespace alarum
