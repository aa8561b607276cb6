#pragma once

#include "daemon/base/log_limit.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/base/time.h"
#include "daemon/enforcer/enforcer.h"
#include "daemon/enforcer/policy.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace alarum::enforcer {

/// Answers requests over a Unix socket, from those who may ask. It never waits for one of them: who does not
/// read its answers is not read from. In each round everybody who waits is taken in and gets a few answers,
/// root first; no user takes all places, and nobody takes root's. So nobody's storm, of requests or of
/// connections, keeps root's panic waiting. A block whose asker has closed the connection is not made:
/// whoever gave up waiting for it may have taken it back meanwhile, over another connection. One thread, in
/// rounds.
class RequestServer {
 public:
  /// Takes over the listening socket. The enforcer must outlive this.
  RequestServer(int listening, Enforcer& enforcer, Askers askers);
  RequestServer(const RequestServer&) = delete;
  RequestServer& operator=(const RequestServer&) = delete;
  ~RequestServer();

  /// Waits until there is something to do, one of `wakes` (descriptors) can be read or the time is over, and
  /// does it: for a quarter of a second or so at most.
  void step(std::span<const int> wakes, Duration patience);
  /// From now on these may ask, on connections that are open too.
  void adopt(Askers askers) { askers_ = std::move(askers); }

 private:
  struct Connection {
    int descriptor = -1;
    PeerCredentials peer;
    std::string input = {};
    std::string output = {};
    std::uint64_t used = 0;      // the round in which something came last
    std::uint64_t answered = 0;  // the round in which it got answers last
    bool is_ready = true;        // the system has something for us
    bool is_waiting = false;     // there may be a whole request that has no answer yet
    bool is_ending = false;      // closed once its output is gone
  };

  bool wait(std::span<const int> wakes, Duration patience);
  void accept_waiting();
  void take_in(int descriptor);
  void make_room_for(uid_t user);
  void read_from(Connection& connection);
  void answer_in_turn();
  void answer_some(Connection& connection, Duration end);
  std::string answer(const std::string& text, const Connection& connection);
  std::string give_up(const Connection& connection);
  void write_to(Connection& connection);
  void close_ended();

  int listening_;
  Enforcer& enforcer_;
  Askers askers_;
  std::vector<Connection> connections_;
  LogLimit stranger_lines_{std::chrono::seconds(10)};
  LogLimit gone_lines_{std::chrono::seconds(10)};
  Duration accepts_at_{0};  // on the steady clock: nobody is taken in before
  std::uint64_t round_ = 0;
};

}  // namespace alarum::enforcer
