#include "daemon/base/embedded_ipv4.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace alarum {
namespace {

/// Bits 64 to 71 of an address with an embedded one are zero and no part of it (RFC 6052 §2.2).
constexpr std::size_t reserved_byte = 8;

/// Where an IPv4 address lies in the addresses of a network.
struct Embedding {
  IpNetwork prefix;
  std::size_t first_byte;
  bool is_inverted = false;
  bool is_guess = false;  // one of several ways to read an address, of which one applies
};

IpNetwork network_of(std::string_view text) { return *IpNetwork::parse(text); }

Embedding behind_prefix(const IpNetwork& prefix) { return {prefix, prefix.prefix_bits() / 8}; }

/// Those that everybody has.
const std::vector<Embedding>& known_embeddings() {
  constexpr std::size_t last_four = 12;
  static const IpNetwork local_nat64 = network_of("64:ff9b:1::/48");
  static const IpNetwork teredo = network_of("2001::/32");
  static const std::vector<Embedding> out = {behind_prefix(network_of("2002::/16")),
                                             behind_prefix(network_of("64:ff9b::/96")),
                                             {local_nat64, local_nat64.prefix_bits() / 8, false, true},
                                             {local_nat64, last_four, false, true},
                                             behind_prefix(teredo),
                                             {teredo, last_four, true}};
  return out;
}

/// The embedded address, as far as `network` fixes its bits.
IpNetwork take_out(const Embedding& embedding, const IpNetwork& network) {
  IpAddress address = *IpAddress::parse("0.0.0.0");
  unsigned fixed = 0;
  std::size_t from = embedding.first_byte;
  for (std::size_t to = ipv4_prefix_shift / 8; to < address.bytes.size(); ++to, ++from) {
    if (from == reserved_byte) ++from;
    const std::uint8_t byte = network.base().bytes[from];
    address.bytes[to] = embedding.is_inverted ? static_cast<std::uint8_t>(~byte) : byte;
    const auto begin = static_cast<unsigned>(from * 8);
    fixed += std::clamp(network.prefix_bits(), begin, begin + 8) - begin;
  }
  return IpNetwork::of(address, ipv4_prefix_shift + fixed);
}

}  // namespace

bool is_nat64_prefix(const IpNetwork& network) {
  constexpr std::array<unsigned, 6> lengths = {32, 40, 48, 56, 64, 96};
  return !network.is_ipv4() &&
         std::find(lengths.begin(), lengths.end(), network.prefix_bits()) != lengths.end();
}

std::vector<IpNetwork> embedded_ipv4(const IpNetwork& network, std::span<const IpNetwork> nat64_prefixes) {
  std::vector<IpNetwork> out;
  if (network.is_ipv4()) return out;
  const auto look = [&](const Embedding& embedding) {
    if (!embedding.prefix.overlaps(network)) return;
    const IpNetwork found = take_out(embedding, network);
    // Where the address was not meant to be read there are zeros.
    if (!embedding.is_guess || found != network_of("0.0.0.0")) out.push_back(found);
  };
  std::for_each(known_embeddings().begin(), known_embeddings().end(), look);
  for (const IpNetwork& prefix : nat64_prefixes) look(behind_prefix(prefix));
  return out;
}

}  // namespace alarum
