#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_settler.h"
#include "daemon/respond/action_store.h"
#include "daemon/respond/effect_check.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/stream/watch_list.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alarum {

/// What pipelines have seen of those whom they were asked to watch.
struct EffectNews {
  std::map<std::string, std::shared_ptr<const WatchHits>> hits;  ///< by source; null before the first
  EffectCheck::Heard heard;
};

/// The way to the pipelines, and back.
struct EffectPorts {
  std::function<void(std::shared_ptr<const WatchList>)> watch;
  std::function<EffectNews()> seen;
};

/// Has the targets of blocks watched, and writes down what became known of them: that a block does not help,
/// that an incident is contained, that nobody knows. One thread.
class EffectKeeper {
 public:
  /// What it uses outlives this.
  EffectKeeper(LedgerDatabase& database, ActionStore& actions, ActionSettler& settler, EffectPorts ports)
      : database_(database), actions_(actions), settler_(settler), ports_(std::move(ports)), check_({}) {}

  /// Looks what is blocked and what was seen; now and then, outside of a transaction: it makes one of its own
  /// when there is something to write down.
  Status look(Timestamp now);

 private:
  Status write(const EffectVerdict& verdict, Timestamp now);
  Status write_ineffective(const EffectVerdict& verdict, Timestamp now);

  LedgerDatabase& database_;
  ActionStore& actions_;
  ActionSettler& settler_;
  EffectPorts ports_;
  EffectCheck check_;
  std::shared_ptr<const WatchList> shown_;  // the list that pipelines have
  std::vector<EffectVerdict> unwritten_;    // each is given once, so it is kept until it is written
};

}  // namespace alarum
