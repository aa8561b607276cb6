#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

/// How text looks once it is encoded, for the modifiers that search encoded data (modifiers appendix,
/// Encoding).
namespace alarum::sigma {

/// What `bytes` look like inside the Base64 of something longer, when they start at byte 0, 1 or 2 of a group
/// of three: only the digits that depend on `bytes` alone.
std::array<std::string, 3> base64_at_offsets(std::string_view bytes);

/// Which byte of a UTF-16 unit comes first.
enum class Utf16Order { little_end, big_end };

/// UTF-16 bytes of UTF-8 text; nothing where the text is not UTF-8.
std::optional<std::string> utf16(std::string_view text, Utf16Order order);

}  // namespace alarum::sigma
