#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace alarum {

/// An IPv4 or IPv6 address in one canonical form: 16 bytes, IPv4 as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2), so
/// that `::ffff:192.0.2.1` and `192.0.2.1` are the same address. No zone ids, no leading zeros in IPv4.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  /// Nothing where the text is no address.
  static std::optional<IpAddress> parse(std::string_view text);
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// A network in CIDR notation (RFC 4632, RFC 4291 §2.3). All bits behind the prefix are zero.
class IpNetwork {
 public:
  /// Reads `10.0.0.0/8` or `2001:db8::/32`; without a prefix length the text is one address.
  /// Nothing where the text is no network, or bits are set behind the prefix.
  static std::optional<IpNetwork> parse(std::string_view text);

  /// Whether the address begins with the network's prefix. Of IPv6 only mapped addresses are in an IPv4 one.
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  unsigned prefix_bits_ = 128;  // of the 128-bit form: an IPv4 /8 is /104 here
};

}  // namespace alarum
