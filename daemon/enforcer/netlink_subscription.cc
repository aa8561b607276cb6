#include "daemon/enforcer/netlink_subscription.h"

#include "daemon/base/system_error.h"

#include <cerrno>
#include <linux/netlink.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace alarum::enforcer {
namespace {

constexpr std::size_t message_bytes_max = std::size_t{64} << 10;
/// Room for what a batch of requests makes the kernel tell until it is read again.
constexpr int waiting_bytes_max = 4 << 20;

}  // namespace

NetlinkSubscription::NetlinkSubscription(int descriptor)
    : descriptor_(descriptor), buffer_(message_bytes_max) {}

Result<NetlinkSubscription> NetlinkSubscription::open(int family, std::span<const int> groups,
                                                      std::span<const int> newer_groups) {
  const int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, family);
  if (descriptor < 0) return system_error("cannot open a netlink socket", errno);
  NetlinkSubscription out(descriptor);
  // Where this is refused, more messages are lost, and that is noticed.
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &waiting_bytes_max, sizeof(waiting_bytes_max));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return system_error("cannot bind a netlink socket", errno);
  const auto subscribe = [&](int group) {
    return setsockopt(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) == 0;
  };
  for (const int group : groups) {
    if (!subscribe(group)) return system_error("cannot subscribe to what the kernel tells", errno);
  }
  for (const int group : newer_groups) {
    if (!subscribe(group) && errno != EINVAL)
      return system_error("cannot subscribe to what the kernel tells", errno);
  }
  return out;
}

NetlinkSubscription::NetlinkSubscription(NetlinkSubscription&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}

NetlinkSubscription::~NetlinkSubscription() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool NetlinkSubscription::each(const std::function<void(unsigned short, NetlinkMessage)>& take) {
  bool is_whole = true;
  for (;;) {
    sockaddr_nl sender{};
    socklen_t size = sizeof(sender);
    const ssize_t count = recvfrom(descriptor_, buffer_.data(), buffer_.size(), MSG_TRUNC,
                                   reinterpret_cast<sockaddr*>(&sender), &size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return is_whole;
    if (count <= 0 && errno != ENOBUFS) return false;
    if (count <= 0) is_whole = false;                // of ENOBUFS the rest is still to be read
    if (count <= 0 || sender.nl_pid != 0) continue;  // not the kernel's word
    if (static_cast<std::size_t>(count) > buffer_.size()) {
      is_whole = false;
      continue;
    }
    const auto told = each_netlink_message({buffer_.data(), static_cast<std::size_t>(count)},
                                           [&](const NetlinkHeader& header, NetlinkMessage body) {
                                             take(header.type, body);
                                             return Status();
                                           });
    if (!told) is_whole = false;
  }
}

}  // namespace alarum::enforcer
