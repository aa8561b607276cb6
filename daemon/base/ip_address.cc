#include "daemon/base/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <endian.h>
#include <string>

namespace alarum {
namespace {

constexpr std::array<std::uint8_t, 12> ipv4_mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool bit(const IpAddress& address, unsigned index) {
  return ((address.bytes[index / 8] >> (7U - index % 8U)) & 1U) != 0;
}

/// The eight bytes from this one on as a number; the first bit of the address is its highest.
std::uint64_t half(const IpAddress& address, std::size_t first_byte) {
  std::uint64_t out = 0;
  std::memcpy(&out, &address.bytes[first_byte], sizeof(out));
  return be64toh(out);
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  constexpr std::size_t text_max = 45;  // INET6_ADDRSTRLEN without its end
  if (text.empty() || text.size() > text_max) return std::nullopt;
  const std::string ended(
      text);  // inet_pton wants a zero at the end; a zero inside cuts it, and then nothing parses
  if (ended.find('\0') != std::string::npos) return std::nullopt;
  IpAddress out;
  if (inet_pton(AF_INET6, ended.c_str(), out.bytes.data()) == 1) return out;
  std::copy(ipv4_mapped.begin(), ipv4_mapped.end(), out.bytes.begin());
  if (inet_pton(AF_INET, ended.c_str(), out.bytes.data() + ipv4_mapped.size()) == 1) return out;
  return std::nullopt;
}

bool IpAddress::is_ipv4() const { return std::equal(ipv4_mapped.begin(), ipv4_mapped.end(), bytes.begin()); }

std::string IpAddress::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_short = is_ipv4();
  inet_ntop(is_short ? AF_INET : AF_INET6, bytes.data() + (is_short ? ipv4_mapped.size() : 0), text.data(),
            static_cast<socklen_t>(text.size()));
  return text.data();
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address_text = text.substr(0, slash);
  const auto address = IpAddress::parse(address_text);
  if (!address) return std::nullopt;
  IpNetwork out;
  out.base_ = *address;
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    const bool is_ipv4_text = address_text.find(':') == std::string_view::npos;
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    const bool is_number = error == std::errc() && end == length.data() + length.size();
    const bool has_leading_zero = length.size() > 1 && length.starts_with('0');
    if (!is_number || has_leading_zero || bits > (is_ipv4_text ? 32U : 128U)) return std::nullopt;
    out.prefix_bits_ = bits + (is_ipv4_text ? ipv4_prefix_shift : 0);
  }
  for (unsigned i = out.prefix_bits_; i < 128; ++i) {
    if (bit(out.base_, i)) return std::nullopt;
  }
  return out;
}

/// Lists of hundreds of networks are asked for each of thousands of targets, so not bit by bit.
bool IpNetwork::contains(const IpAddress& address) const {
  constexpr unsigned half_bits = 64;
  const auto agree = [&](std::size_t first_byte, unsigned bits) {
    const std::uint64_t differing = half(base_, first_byte) ^ half(address, first_byte);
    return bits == 0 || differing >> (half_bits - bits) == 0;
  };
  return agree(0, std::min(prefix_bits_, half_bits)) &&
         agree(half_bits / 8, std::max(prefix_bits_, half_bits) - half_bits);
}

IpNetwork IpNetwork::of(const IpAddress& address, unsigned prefix_bits) {
  IpNetwork out;
  out.prefix_bits_ = prefix_bits;
  for (unsigned i = 0; i < prefix_bits; ++i) {
    if (bit(address, i))
      out.base_.bytes[i / 8] = static_cast<std::uint8_t>(out.base_.bytes[i / 8] | (0x80U >> (i % 8U)));
  }
  return out;
}

bool IpNetwork::contains(const IpNetwork& other) const {
  return prefix_bits_ <= other.prefix_bits_ && contains(other.base_);
}

bool IpNetwork::is_ipv4() const { return prefix_bits_ >= ipv4_prefix_shift && base_.is_ipv4(); }

std::string IpNetwork::to_text() const {
  if (is_single()) return base_.to_text();
  // A network of mapped addresses that is wider than IPv4 reads as what it is: IPv6.
  if (is_ipv4()) return base_.to_text() + "/" + std::to_string(prefix_bits_ - ipv4_prefix_shift);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, base_.bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
  return std::string(text.data()) + "/" + std::to_string(prefix_bits_);
}

}  // namespace alarum
