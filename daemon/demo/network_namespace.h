#pragma once

#include "daemon/base/result.h"
#include "daemon/demo/loopback_socket.h"

#include <functional>
#include <memory>
#include <string>

namespace alarum::demo {

/// A host of its own as far as the network is concerned, gone with the last process and socket in it. It
/// takes root. One thread.
class NetworkNamespace {
 public:
  /// Makes one, with nothing in it but a loopback device that is down.
  static Result<std::unique_ptr<NetworkNamespace>> make();

  /// Does `what` there: a program that it starts and a socket that it opens stay there.
  Status within(const std::function<Status()>& what) const;

  /// Where other programs find it, for as long as both of us are.
  std::string path() const;

 private:
  NetworkNamespace(int home, int there) : home_(home), there_(there) {}

  Socket home_;  // of this thread, to which it returns
  Socket there_;
};

}  // namespace alarum::demo
