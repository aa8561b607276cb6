#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/demo/loopback_socket.h"
#include "daemon/demo/silence_watch.h"

#include <memory>
#include <string_view>

namespace alarum::demo {

/// A client that sends a datagram to a server twenty times a second, and the server that sends it back:
/// whether packets get through, as both of them see it. It neither waits nor asks a clock. One thread.
class Knocking {
 public:
  /// Opens the server's socket at this IPv4 address, and the client's; each where the thread is then.
  Status open_server(std::string_view address);
  Status open_client(std::string_view address, std::string_view server);

  /// Takes what came, and knocks where it is time for that.
  void step(Duration now);

  /// Whether they are answered.
  const SilenceWatch& watch() const { return watch_; }

 private:
  bool take_answers() const;

  std::unique_ptr<Socket> server_;
  std::unique_ptr<Socket> client_;
  Duration knock_due_{};
  SilenceWatch watch_;
};

}  // namespace alarum::demo
