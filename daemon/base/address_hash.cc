#include "daemon/base/address_hash.h"

#include <array>
#include <cstring>

namespace alarum {
namespace {

/// The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014; Stafford's variant 13).
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

}  // namespace

std::uint64_t hash_of(const IpAddress& address) {
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), address.bytes.data(), address.bytes.size());
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;  // so that an address of zeros is not 0
  return mix(mix(words[0] + golden) ^ words[1]);
}

}  // namespace alarum
