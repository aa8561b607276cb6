#include "daemon/base/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <string>

namespace alarum {
namespace {

constexpr std::array<std::uint8_t, 12> ipv4_mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned ipv4_prefix_shift = 96;

bool bit(const IpAddress& address, unsigned index) {
  return ((address.bytes[index / 8] >> (7U - index % 8U)) & 1U) != 0;
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

bool IpNetwork::contains(const IpAddress& address) const {
  const unsigned whole = prefix_bits_ / 8;
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + whole, address.bytes.begin())) return false;
  for (unsigned i = whole * 8; i < prefix_bits_; ++i) {
    if (bit(base_, i) != bit(address, i)) return false;
  }
  return true;
}

}  // namespace alarum
