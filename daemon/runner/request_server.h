#pragma once

#include "config/askers.h"
#include "daemon/base/descriptor.h"
#include "daemon/base/log_limit.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/base/time.h"
#include "daemon/runner/policy.h"
#include "daemon/runner/runner.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::runner {

/// Answers requests over a Unix socket, from those who may ask. It waits for nobody: who does not read its
/// answers is not read from, and who waits for a run keeps nobody else waiting. One thread, in rounds.
class RequestServer {
 public:
  /// Takes over the listening socket. The runner must outlive this.
  RequestServer(Descriptor listening, Runner& runner, const Policy& policy);

  /// Waits until there is something to do, `wake` (a descriptor) can be read or the time is over, and does
  /// it.
  void step(int wake, Duration patience);

  /// From now on this policy says who may ask and for how much, on connections that are open too.
  void adopt(const Policy& policy);

  /// Lets nobody in any more; who is in still gets answers.
  void close_door() { is_door_closed_ = true; }

 private:
  struct Connection {
    Descriptor socket;
    PeerCredentials peer;
    std::string input = {};
    std::string output = {};
    std::string awaited = {};  // the action whose end its asker waits for
    bool is_repeated = false;  // that one ran before it was asked for here
    std::uint64_t used = 0;    // the round in which something came last
    bool is_ready = true;      // the system has something for us
    bool has_request = false;  // there may be a whole request that has no answer yet
    bool is_ending = false;    // closed once its output is gone
  };

  bool wait(int wake, Duration patience);
  void accept_waiting();
  void take_in(Descriptor socket);
  bool make_room();
  void give(const std::vector<FinishedRun>& finished);
  void read_from(Connection& connection) const;
  void answer_some(Connection& connection);
  void answer(Connection& connection, std::string_view bytes);
  static void write_to(Connection& connection);
  std::size_t request_size_max() const;

  Descriptor listening_;
  Runner& runner_;
  Askers askers_;
  std::size_t event_size_max_;
  std::vector<Connection> connections_;
  LogLimit stranger_lines_{std::chrono::seconds(10)};
  Duration accepts_at_{0};  // on the steady clock: nobody is taken in before
  std::uint64_t round_ = 0;
  bool is_door_closed_ = false;
};

}  // namespace alarum::runner
