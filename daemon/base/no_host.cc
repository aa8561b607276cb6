#include "daemon/base/no_host.h"

#include "daemon/base/ensure.h"

namespace alarum {
namespace {

IpNetwork network(std::string_view text) {
  const auto out = IpNetwork::parse(text);
  ENSURE(out.has_value(), "a network of the table is one");
  return *out;
}

}  // namespace

const std::vector<NoHost>& no_hosts() {
  static const std::vector<NoHost> out = {
      {"loopback", network("127.0.0.0/8")},      {"loopback", network("::1")},
      {"unspecified", network("0.0.0.0/8")},     {"unspecified", network("::")},
      {"link_local", network("169.254.0.0/16")}, {"link_local", network("fe80::/10")},
      {"multicast", network("224.0.0.0/4")},     {"multicast", network("ff00::/8")},
      {"broadcast", network("255.255.255.255")}};
  return out;
}

}  // namespace alarum
