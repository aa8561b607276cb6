#include "daemon/base/digest.h"

#include "daemon/base/ensure.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace alarum {
namespace {

constexpr std::size_t id_digits = 32;
constexpr std::size_t key_bytes_max = 64U << 10U;

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const unsigned char byte : digest) {
    out += digits[byte >> 4U];
    out += digits[byte & 0xFU];
  }
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  ENSURE(key.size() <= key_bytes_max, "a key is no longer than a file of secrets");
  std::array<unsigned char, SHA256_DIGEST_LENGTH> code{};
  unsigned size = 0;
  const unsigned char* const done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), code.data(), &size);
  ENSURE(done != nullptr && size == code.size(), "libcrypto has SHA-256");
  return {code.begin(), code.end()};
}

std::string id_of(std::initializer_list<std::string_view> parts) {
  std::string bytes;
  for (const std::string_view part : parts) {
    for (std::uint64_t size = part.size(), i = 0; i < 8; ++i, size >>= 8U)
      bytes += static_cast<char>(size & 0xFFU);
    bytes += part;
  }
  return sha256_hex(bytes).substr(0, id_digits);
}

}  // namespace alarum
