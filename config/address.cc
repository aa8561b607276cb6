#include "config/address.h"

#include "daemon/base/ip_address.h"

#include <algorithm>
#include <charconv>

namespace alarum {
namespace {

constexpr std::size_t host_size_max = 253;  // RFC 1035 §2.3.4, without the final dot

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= host_size_max &&
         std::all_of(host.begin(), host.end(), is_host_character);
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  Address out;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;

  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos || !IpAddress::parse(host)) return std::nullopt;
  } else if (!is_host(host)) {
    return std::nullopt;
  }
  out.host = host;
  return out;
}

}  // namespace alarum
