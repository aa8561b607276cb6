#pragma once

#include "daemon/base/result.h"
#include "daemon/demo/knocking.h"
#include "daemon/demo/network_namespace.h"

#include <functional>
#include <memory>
#include <string>

namespace alarum::demo {

/// Two hosts with a wire between them, each a network namespace: the attacked web server of the story, which
/// answers, and the attacker, who knocks all the time. Nothing outside of them is touched. One thread.
class AttackedHost {
 public:
  /// Makes them, and waits until the server answers the attacker. `folder`: for what `ip` is told. The error
  /// says what is in the way.
  static Result<std::unique_ptr<AttackedHost>> make(const std::string& folder);

  /// Does `what` on the server: a program that it starts stays there.
  Status on_server(const std::function<Status()>& what) const { return server_->within(what); }

  /// The attacker's knocking, and what comes of it.
  Knocking& knocking() { return *knocking_; }

 private:
  AttackedHost() = default;
  Status connect(const std::string& folder) const;
  Status wait_for_answer();

  std::unique_ptr<NetworkNamespace> server_;
  std::unique_ptr<NetworkNamespace> attacker_;
  std::unique_ptr<Knocking> knocking_;
};

}  // namespace alarum::demo
