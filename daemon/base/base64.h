#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Base64 (RFC 4648 §4): the alphabet with `+` and `/`, with padding.
namespace alarum {

/// `bytes` in Base64.
std::string base64(std::string_view bytes);

/// The bytes behind `text`. Nothing where it is not what `base64` writes: another alphabet, white space,
/// padding that is missing, or bits behind the last byte.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace alarum
