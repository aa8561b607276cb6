#pragma once

#include "daemon/base/result.h"
#include "daemon/demo/http_get.h"
#include "daemon/demo/loopback_socket.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace alarum::demo {

/// What a server is asked for.
struct HttpQuestion {
  std::string method;  ///< `GET`, `POST`
  std::string path;    ///< with what stands behind its `?`
  std::string body;
};

/// A web server for our own daemon and a browser beside it: at the loopback address, one question a
/// connection, one connection at a time, no chunks. One thread.
class LoopbackServer {
 public:
  /// Says what the answer is. It may take its time: nobody else is answered meanwhile.
  using Answerer = std::function<HttpAnswer(const HttpQuestion&)>;

  /// Listens at a port that is free.
  static Result<std::unique_ptr<LoopbackServer>> open();

  /// Where it listens.
  std::uint16_t port() const { return port_; }
  /// Somebody asks when this can be read, for `poll`.
  int descriptor() const { return listening_.descriptor(); }

  /// Answers the next one who asks. Who is silent for ten seconds, or asks nothing that is HTTP, gets no
  /// answer.
  void serve_one(const Answerer& answer) const;

 private:
  LoopbackServer() = default;

  Socket listening_;
  std::uint16_t port_ = 0;
};

}  // namespace alarum::demo
