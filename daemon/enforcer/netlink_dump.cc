#include "daemon/enforcer/netlink_dump.h"

#include "daemon/base/system_error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace alarum::enforcer {
namespace {

constexpr std::size_t answer_bytes_max = 256 * 1024;  // of one read; the kernel sends at most 32 KiB at once
constexpr int attempts_max = 5;
constexpr int last_errno = 4095;  // MAX_ERRNO of the kernel
constexpr std::size_t align_to = NLMSG_ALIGNTO;

constexpr std::size_t aligned(std::size_t size) { return (size + align_to - 1) / align_to * align_to; }

/// What this kernel does not know of is told apart, for those who can do without.
Error refusal(int reason) {
  const bool is_unknown = reason == EOPNOTSUPP || reason == ENOENT || reason == EPROTONOSUPPORT;
  return {is_unknown ? ErrorCode::unsupported : ErrorCode::io,
          std::string("the kernel refuses to tell: ") + std::strerror(reason)};
}

/// Copies the fixed part of a message out of its bytes, which need not be aligned.
template <class T>
T copy_of(std::span<const std::byte> bytes) {
  T out{};
  std::memcpy(&out, bytes.data(), sizeof(T));
  return out;
}

}  // namespace

Result<NetlinkDump> NetlinkDump::open(int family) {
  const int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family);
  if (descriptor < 0) return system_error("cannot open a netlink socket", errno);
  NetlinkDump out(descriptor);
  // Kernels that know it check the request strictly; the others ignore it.
  const int strict = 1;
  setsockopt(descriptor, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &strict, sizeof(strict));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return system_error("cannot bind a netlink socket", errno);
  return out;
}

NetlinkDump::NetlinkDump(NetlinkDump&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), sequence_(other.sequence_) {}

NetlinkDump::~NetlinkDump() {
  if (descriptor_ >= 0) close(descriptor_);
}

Status NetlinkDump::run(unsigned short type, std::span<const std::byte> body,
                        const std::function<void()>& begin, const std::function<void(NetlinkMessage)>& take) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    begin();
    TRY_OK(ask(type, body));
    TRY(const bool is_whole, read_answer(take));
    if (is_whole) return {};
  }
  return Error{ErrorCode::io, "the kernel's table changes faster than it can be read"};
}

Status NetlinkDump::ask(unsigned short type, std::span<const std::byte> body) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<unsigned>(sizeof(header) + body.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = ++sequence_;
  std::vector<std::byte> request(sizeof(header) + body.size());
  std::memcpy(request.data(), &header, sizeof(header));
  std::copy(body.begin(), body.end(), request.begin() + sizeof(header));
  if (send(descriptor_, request.data(), request.size(), 0) < 0)
    return system_error("cannot ask the kernel", errno);
  return {};
}

/// Whether the answer is whole: false where the table changed under it.
Result<bool> NetlinkDump::read_answer(const std::function<void(NetlinkMessage)>& take) {
  buffer_.resize(answer_bytes_max);
  bool is_whole = true;
  bool is_over = false;
  while (!is_over) {
    sockaddr_nl sender{};
    socklen_t size = sizeof(sender);
    const ssize_t count = recvfrom(descriptor_, buffer_.data(), buffer_.size(), MSG_TRUNC,
                                   reinterpret_cast<sockaddr*>(&sender), &size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_error("cannot read the kernel's answer", count < 0 ? errno : EPIPE);
    if (sender.nl_pid != 0) continue;  // not the kernel's word
    if (static_cast<std::size_t>(count) > buffer_.size())
      return system_error("the kernel's answer is cut", EMSGSIZE);
    TRY_OK(each_netlink_message({buffer_.data(), static_cast<std::size_t>(count)},
                                [&](const NetlinkHeader& header, NetlinkMessage message) -> Status {
                                  if (header.sequence != sequence_) return {};  // of a dump that was given up
                                  if ((header.flags & NLM_F_DUMP_INTR) != 0) is_whole = false;
                                  is_over = is_over || header.type == NLMSG_DONE;
                                  Status outcome = netlink_outcome(header, message);
                                  if (outcome && !is_over) take(message);
                                  return outcome;
                                }));
  }
  return is_whole;
}

Status netlink_outcome(const NetlinkHeader& header, NetlinkMessage body) {
  if (header.type != NLMSG_ERROR && header.type != NLMSG_DONE) return {};
  // Both begin with it; it is 0 or negative. An end of no more than a header says that all went well.
  const bool has_code = body.size() >= sizeof(int);
  if (!has_code && header.type == NLMSG_ERROR) return refusal(EBADMSG);
  const int code = has_code ? copy_of<int>(body) : 0;
  if (code >= 0) return {};
  return refusal(code >= -last_errno ? -code : EBADMSG);  // a lie may be the number that has no negation
}

Status each_netlink_message(std::span<const std::byte> bytes,
                            const std::function<Status(const NetlinkHeader&, NetlinkMessage)>& take) {
  while (bytes.size() >= sizeof(nlmsghdr)) {
    const auto header = copy_of<nlmsghdr>(bytes);
    if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > bytes.size())
      return system_error("the kernel's message is malformed", EBADMSG);
    const auto body = bytes.subspan(sizeof(header), header.nlmsg_len - sizeof(header));
    bytes = bytes.subspan(std::min(aligned(header.nlmsg_len), bytes.size()));
    TRY_OK(take({header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq}, body));
  }
  return {};
}

void each_attribute(NetlinkMessage message, std::size_t header_size,
                    const std::function<void(unsigned short, NetlinkMessage)>& take) {
  NetlinkMessage left = message.subspan(std::min(aligned(header_size), message.size()));
  while (left.size() >= sizeof(rtattr)) {
    const auto attribute = copy_of<rtattr>(left);
    if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > left.size()) return;
    take(attribute.rta_type & NLA_TYPE_MASK,
         left.subspan(sizeof(attribute), attribute.rta_len - sizeof(attribute)));
    left = left.subspan(std::min(aligned(attribute.rta_len), left.size()));
  }
}

std::optional<IpAddress> netlink_address(NetlinkMessage value) {
  constexpr std::size_t ipv4_size = 4;
  IpAddress out = *IpAddress::parse("0.0.0.0");
  if (value.size() != ipv4_size && value.size() != out.bytes.size()) return std::nullopt;
  std::memcpy(out.bytes.data() + (out.bytes.size() - value.size()), value.data(), value.size());
  return out;
}

}  // namespace alarum::enforcer
