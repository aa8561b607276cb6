#include "daemon/respond/entity_key.h"

#include "daemon/base/digest.h"
#include "daemon/base/fold.h"
#include "daemon/base/ip_address.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

/// The first `size` bytes of a text, less what would be half a character of UTF-8.
std::string beginning(const std::string& text, std::size_t size) {
  constexpr unsigned char continuation_mask = 0xC0;
  constexpr unsigned char continuation = 0x80;
  const auto is_inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & continuation_mask) == continuation;
  };
  for (int byte = 0; byte < 3 && is_inside(size); ++byte) --size;  // no character has more than four
  return text.substr(0, size);
}

std::string spelled_once(const Entity& entity) {
  if (const auto address = IpAddress::parse(entity.value)) return address->to_text();
  const bool is_caseless = entity.type.starts_with("host.") || entity.type.starts_with("user.");
  return is_caseless ? folded(entity.value) : entity.value;
}

}  // namespace

std::string entity_key(const Entity& entity) {
  std::string text = spelled_once(entity);
  if (text.size() <= entity_value_bytes_max) return text;
  return beginning(text, entity_value_bytes_max) + "…" + sha256_hex(text);
}

std::string shown_value(const std::string& value) {
  return value.size() <= entity_value_bytes_max ? value : beginning(value, entity_value_bytes_max) + "…";
}

bool is_address_of_nobody(const std::string& text) {
  static const std::array<IpNetwork, 4> nobody = {IpNetwork::parse("127.0.0.0/8").value_or(IpNetwork()),
                                                  IpNetwork::parse("0.0.0.0").value_or(IpNetwork()),
                                                  IpNetwork::parse("::1").value_or(IpNetwork()),
                                                  IpNetwork::parse("::").value_or(IpNetwork())};
  const auto address = IpAddress::parse(text);
  return address && std::any_of(nobody.begin(), nobody.end(),
                                [&](const IpNetwork& network) { return network.contains(*address); });
}

}  // namespace alarum
