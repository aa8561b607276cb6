#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_channel.h"
#include "daemon/respond/action_settler.h"
#include "daemon/respond/action_store.h"
#include "daemon/respond/block_judge.h"
#include "daemon/respond/notice_reader.h"
#include "daemon/respond/response_plan.h"

#include <optional>
#include <vector>

namespace alarum {

/// Picks what is due for a responder, judges it once more and writes down that it begins. Inside of a
/// transaction of the caller: when that is committed, the tasks may be handed over. One thread.
class ActionStarter {
 public:
  /// What it uses outlives this.
  ActionStarter(ActionStore& actions, NoticeReader& notices, BlockJudge& judge, ActionSettler& settler)
      : actions_(actions), notices_(notices), judge_(judge), settler_(settler) {}

  /// At most as many tasks as the channel has room for. What is too late, is refused, waits for what will
  /// never be done, or was meant for a responder that did something else, comes to its end instead.
  Result<std::vector<ActionTask>> start(const ActionChannel& channel, const ResponsePlan& plan,
                                        Timestamp now);

 private:
  Result<std::optional<ActionTask>> start_one(StoredAction action, const ResponsePlan& plan, Timestamp now);
  Result<bool> may_begin(const StoredAction& action, const ResponsePlan& plan, Timestamp now);
  Result<bool> has_what_it_needs(const StoredAction& action, Timestamp now);
  Status end_of_another(const StoredAction& action, Timestamp now);
  Status refuse(const StoredAction& action, const GuardRefusal& refusal, Timestamp now);
  Result<ActionTask> task_of(StoredAction action, bool is_undo);

  ActionStore& actions_;
  NoticeReader& notices_;
  BlockJudge& judge_;
  ActionSettler& settler_;
};

}  // namespace alarum
