#pragma once

#include "daemon/base/ip_address.h"

#include <span>
#include <vector>

namespace alarum {

/// Whether a network may be a NAT64 prefix: IPv6, and of a length that RFC 6052 §2.2 knows.
bool is_nat64_prefix(const IpNetwork& network);

/// The IPv4 networks that an IPv6 network stands for: those inside 6to4 addresses (2002::/16, RFC 3056 §2),
/// NAT64 addresses (64:ff9b::/96 and these prefixes, RFC 6052 §2.2; 64:ff9b:1::/48, RFC 8215, read both as a
/// prefix of 48 and of 96 bits), and the server and the client of Teredo addresses (2001::/32, RFC 4380 §4).
/// Whoever blocks such an address cuts off an IPv4 host, so that one is looked up in the never-block list
/// too. A network that does not fix a bit of what is embedded stands for both values of it. None for every
/// other network.
std::vector<IpNetwork> embedded_ipv4(const IpNetwork& network, std::span<const IpNetwork> nat64_prefixes);

}  // namespace alarum
