#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace alarum::enforcer {

/// A message of the kernel: its fixed part and its attributes, both still as bytes.
using NetlinkMessage = std::span<const std::byte>;

/// What stands in front of a message, as far as it counts here (netlink(7)).
struct NetlinkHeader {
  unsigned short type = 0;
  unsigned short flags = 0;
  unsigned sequence = 0;
};

/// Calls `take` with each message of what was received at once, until one of its answers is an error. A
/// message that does not fit is an error.
Status each_netlink_message(std::span<const std::byte> bytes,
                            const std::function<Status(const NetlinkHeader&, NetlinkMessage)>& take);

/// What the kernel says went wrong by the message that ends an answer, NLMSG_ERROR or NLMSG_DONE: where a
/// dump fails on its way the error stands in the latter. Of what this kernel does not know of the code is
/// `unsupported`. Any other message says nothing of the kind.
Status netlink_outcome(const NetlinkHeader& header, NetlinkMessage body);

/// A netlink socket that asks for dumps, one after the other: the whole of some table of the kernel. One
/// thread.
class NetlinkDump {
 public:
  /// A socket of this netlink family (`NETLINK_ROUTE`, `NETLINK_SOCK_DIAG`).
  static Result<NetlinkDump> open(int family);
  NetlinkDump(NetlinkDump&& other) noexcept;
  NetlinkDump& operator=(NetlinkDump&& other) = delete;
  ~NetlinkDump();

  /// Sends a request of `type` with this body, and gives `take` each message of the answer. A table that
  /// changed while it was dumped is dumped again, so `begin` is called before each attempt.
  Status run(unsigned short type, std::span<const std::byte> body, const std::function<void()>& begin,
             const std::function<void(NetlinkMessage)>& take);

 private:
  explicit NetlinkDump(int descriptor) : descriptor_(descriptor) {}
  Status ask(unsigned short type, std::span<const std::byte> body);
  Result<bool> read_answer(const std::function<void(NetlinkMessage)>& take);

  int descriptor_;
  unsigned sequence_ = 0;
  std::vector<std::byte>
      buffer_;  // kept, since getting so much memory costs more than reading a short answer
};

/// Calls `take` with type and value of each attribute behind the first `header_size` bytes of a message.
void each_attribute(NetlinkMessage message, std::size_t header_size,
                    const std::function<void(unsigned short, NetlinkMessage)>& take);

/// The address that an attribute or a field holds: 4 or 16 bytes in network order.
std::optional<IpAddress> netlink_address(NetlinkMessage value);

}  // namespace alarum::enforcer
