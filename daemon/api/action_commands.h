#pragma once

#include "daemon/api/analysts.h"
#include "daemon/api/control_request.h"
#include "daemon/base/clock.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/respond/action_editor.h"
#include "daemon/respond/action_reader.h"

#include <memory>
#include <string>

namespace alarum {

/// Answers what people ask about blocks, exemptions and the audit log, and changes them as they say, by the
/// same rule as incidents: everybody who may ask may read, analysts may change. Reads go over a connection of
/// their own that cannot write. The control thread.
class ActionCommands {
 public:
  /// The ledger at `path` is open already. `analyst_group` is the group's name, or empty. The error says that
  /// there is no such group. `rules`, which has some, `clock` and `damage` outlive this.
  static Result<std::unique_ptr<ActionCommands>> open(const std::string& path,
                                                      const std::string& analyst_group,
                                                      const Published<ActionRules>& rules, Clock& clock,
                                                      LedgerDamage& damage);

  /// Whether the command is one of those that are answered here.
  static bool answers(const std::string& command);

  /// The answer to such a command, one JSON object in one line: what was asked for, or `error` with its
  /// `reason`. It is bounded.
  std::string answer(const ControlRequest& request, const PeerCredentials& peer);

 private:
  ActionCommands(std::unique_ptr<LedgerDatabase> database, std::unique_ptr<ActionEditor> editor,
                 Analysts analysts, Clock& clock)
      : database_(std::move(database)),
        editor_(std::move(editor)),
        analysts_(std::move(analysts)),
        clock_(clock) {}

  Result<std::string> run(const ControlRequest& request, const PeerCredentials& peer);
  Result<std::string> list_blocks(const ControlRequest& request);
  Result<std::string> list_allowed();
  Result<std::string> list_audit(const ControlRequest& request);
  Result<std::string> verify(const ControlRequest& request);
  Result<std::string> edit(const ControlRequest& request, const PeerCredentials& peer);

  std::unique_ptr<LedgerDatabase> database_;  // reads
  std::unique_ptr<ActionEditor> editor_;
  Analysts analysts_;
  Clock& clock_;
};

}  // namespace alarum
