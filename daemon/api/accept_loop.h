#pragma once

#include "daemon/base/log.h"

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace alarum {

/// Accepts connections, so many at once and the others later, and serves them on a thread of its own. What a
/// handler throws ends its connection and nothing else. `Context`, `Acceptor` and `Timer` are Boost.Asio's;
/// its types are for the source files that use this. The thread runs everything but construction,
/// destruction, `context`, `acceptor`, `start` and `stop`.
template <class Context, class Acceptor, class Timer>
class AcceptLoop {
 public:
  /// A connection that was accepted.
  using Socket = typename Acceptor::protocol_type::socket;
  /// Begins to serve a connection. Whoever holds it says `connection_ended` once.
  using Serve = std::function<void(Socket)>;

  /// `what` names the connections in the log: `http`.
  AcceptLoop(std::string_view what, std::size_t connections_max)
      : what_(what), connections_max_(connections_max), acceptor_(context_), retry_(context_) {}

  /// Stops, and ends the connections that are left.
  ~AcceptLoop() { stop(); }
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;

  /// Where connections and timers of the owner belong.
  Context& context() { return context_; }
  /// The caller opens it before `start`.
  Acceptor& acceptor() { return acceptor_; }

  /// Begins to accept, on the thread.
  void start(Serve serve) {
    serve_ = std::move(serve);
    accept();
    thread_ = std::thread([this] { run(); });
  }

  /// Ends the thread. An owner with timers of its own in `context` stops it before they go.
  void stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
    is_ending_ = true;
  }

  /// One connection less; a waiting one is accepted.
  void connection_ended() {
    --connections_;
    if (!is_accepting_ && !is_ending_) accept();
  }

 private:
  void run() {
    while (true) {
      try {
        context_.run();
        return;
      } catch (const std::exception& error) {
        log::error("request not answered", {{"server", what_}, {"error", error.what()}});
      }
    }
  }

  void accept() {
    is_accepting_ = true;
    acceptor_.async_accept([this](auto error, Socket socket) {
      is_accepting_ = false;
      if (error) return accept_later(error.message());
      ++connections_;
      serve_(std::move(socket));
      if (connections_ < connections_max_) accept();
    });
  }

  /// Out of file descriptors, for example: trying at once again would only burn the processor.
  void accept_later(const std::string& error) {
    log::warn("connection not accepted", {{"server", what_}, {"error", error}});
    is_accepting_ = true;
    retry_.expires_after(std::chrono::milliseconds(200));
    retry_.async_wait([this](auto cancelled) {
      if (!cancelled) accept();
    });
  }

  const std::string what_;
  const std::size_t connections_max_;
  Serve serve_;
  std::size_t connections_ = 0;
  bool is_accepting_ = false;  // or about to
  bool is_ending_ = false;     // connections that are left end with the context
  Context context_{1};
  Acceptor acceptor_;
  Timer retry_;
  std::thread thread_;
};

}  // namespace alarum
