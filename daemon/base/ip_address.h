#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alarum {

/// An IPv4 or IPv6 address in one canonical form: 16 bytes, IPv4 as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2), so
/// that `::ffff:192.0.2.1` and `192.0.2.1` are the same address. No zone ids, no leading zeros in IPv4.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  /// Nothing where the text is no address.
  static std::optional<IpAddress> parse(std::string_view text);

  /// Whether it is an IPv4 address.
  bool is_ipv4() const;
  /// As people write it: `192.0.2.1` for IPv4, RFC 5952 for IPv6.
  std::string to_text() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// How much longer the prefix of an IPv4 network is in the 128-bit form.
inline constexpr unsigned ipv4_prefix_shift = 96;

/// A network in CIDR notation (RFC 4632, RFC 4291 §2.3). All bits behind the prefix are zero.
class IpNetwork {
 public:
  /// Reads `10.0.0.0/8` or `2001:db8::/32`; without a prefix length the text is one address.
  /// Nothing where the text is no network, or bits are set behind the prefix.
  static std::optional<IpNetwork> parse(std::string_view text);

  /// The network of the first `prefix_bits` bits of an address, 0 to 128 of its 128-bit form.
  static IpNetwork of(const IpAddress& address, unsigned prefix_bits);
  /// The network that is one address.
  static IpNetwork single(const IpAddress& address) { return of(address, 128); }

  /// Whether the address begins with the network's prefix. Of IPv6 only mapped addresses are in an IPv4 one.
  bool contains(const IpAddress& address) const;
  /// Whether every address of `other` is in this network.
  bool contains(const IpNetwork& other) const;
  /// Whether they share an address: of two networks one contains the other, or they are apart.
  bool overlaps(const IpNetwork& other) const { return contains(other) || other.contains(*this); }

  /// Its first address.
  const IpAddress& base() const { return base_; }
  /// The length of its prefix in the 128-bit form: that of an IPv4 /8 is 104.
  unsigned prefix_bits() const { return prefix_bits_; }
  /// Whether it is IPv4 as a whole.
  bool is_ipv4() const;
  /// Whether it is one address.
  bool is_single() const { return prefix_bits_ == 128; }
  /// `10.0.0.0/8`; one address without a prefix length.
  std::string to_text() const;

  friend auto operator<=>(const IpNetwork&, const IpNetwork&) = default;

 private:
  IpAddress base_;
  unsigned prefix_bits_ = 128;  // of the 128-bit form: an IPv4 /8 is /104 here
};

}  // namespace alarum
