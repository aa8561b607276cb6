#pragma once

#include "daemon/api/analysts.h"
#include "daemon/api/control_request.h"
#include "daemon/base/clock.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/respond/ledger_editor.h"
#include "daemon/respond/ledger_reader.h"

#include <memory>
#include <string>

namespace alarum {

/// Answers what people ask about incidents and changes them as they say. Everybody who may ask at all may
/// read; only root, the daemon's own user and members of the analysts' group may change. Reads go over a
/// connection of their own that cannot write. The control thread.
class IncidentCommands {
 public:
  /// The ledger at `path` is open already. `analyst_group` is the group's name, or empty. The error says that
  /// there is no such group. `clock` and `damage` outlive this.
  static Result<std::unique_ptr<IncidentCommands>> open(const std::string& path,
                                                        const std::string& analyst_group, Clock& clock,
                                                        LedgerDamage& damage);

  /// The answer to any command but `status`, one JSON object in one line: what was asked for, or `error` with
  /// its `reason`. It is bounded: each list has its own room, ends where that is full, and says where to go
  /// on.
  std::string answer(const ControlRequest& request, const PeerCredentials& peer);

 private:
  IncidentCommands(std::unique_ptr<LedgerReader> reader, std::unique_ptr<LedgerEditor> editor,
                   Analysts analysts)
      : reader_(std::move(reader)), editor_(std::move(editor)), analysts_(std::move(analysts)) {}

  Result<std::string> list(const ControlRequest& request);
  Result<std::string> show(const ControlRequest& request);
  Result<std::string> edit(const ControlRequest& request, const PeerCredentials& peer);

  std::unique_ptr<LedgerReader> reader_;
  std::unique_ptr<LedgerEditor> editor_;
  Analysts analysts_;
};

}  // namespace alarum
