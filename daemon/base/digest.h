#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// SHA-256 and what we derive from it: revisions of documents, the 128-bit ids of alerts and actions,
/// signatures.
/// The wall around OpenSSL's libcrypto.
namespace alarum {

/// SHA-256 (FIPS 180-4) of `bytes`, as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// HMAC-SHA256 (RFC 2104, FIPS 198-1) of `bytes` under `key`: 32 bytes. It proves to who has the key, too,
/// that the bytes come from somebody who has it.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// A 128-bit id that is a function of `parts` alone: the first 32 hex digits of the SHA-256 over the parts,
/// each preceded by its length as eight bytes, little end first. So ("ab", "c") and ("a", "bc") differ.
std::string id_of(std::initializer_list<std::string_view> parts);

}  // namespace alarum
