#include "daemon/demo/network_namespace.h"

#include "daemon/base/ensure.h"
#include "daemon/base/system_error.h"

#include <cerrno>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace alarum::demo {
namespace {

int open_current() { return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

}  // namespace

Result<std::unique_ptr<NetworkNamespace>> NetworkNamespace::make() {
  const int home = open_current();
  if (home < 0) return system_error("there are no network namespaces", errno);
  if (unshare(CLONE_NEWNET) != 0) {
    const Error error = system_error("cannot make a network namespace", errno);
    close(home);
    return error;
  }
  std::unique_ptr<NetworkNamespace> out(new NetworkNamespace(home, open_current()));
  ENSURE(setns(home, CLONE_NEWNET) == 0, "a thread may return to where it comes from");
  return out;
}

Status NetworkNamespace::within(const std::function<Status()>& what) const {
  if (setns(there_.descriptor(), CLONE_NEWNET) != 0) {
    return system_error("cannot enter a network namespace", errno);
  }
  Status out = what();
  ENSURE(setns(home_.descriptor(), CLONE_NEWNET) == 0, "a thread may return to where it comes from");
  return out;
}

std::string NetworkNamespace::path() const {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(there_.descriptor());
}

}  // namespace alarum::demo
