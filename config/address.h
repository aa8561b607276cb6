#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alarum {

/// Where something listens: a host name or IP address, and a port.
struct Address {
  std::string host;  ///< an IPv6 address stands without its brackets
  std::uint16_t port = 0;
  friend bool operator==(const Address&, const Address&) = default;
};

/// Reads `host:port`, `192.0.2.1:port` or `[2001:db8::1]:port`.
std::optional<Address> parse_address(std::string_view text);

}  // namespace alarum
