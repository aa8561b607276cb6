#pragma once

#include "daemon/base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// How requests and answers of the small programs are told apart on a socket: four bytes of length, most
/// significant first, then so many bytes.
namespace alarum {

/// The bytes with their length in front.
std::string frame(std::string_view content);

/// Takes the first content off `bytes`; nothing while it is not whole. A length of 0 or above `size_max` is
/// an error, and what follows it has no meaning.
Result<std::optional<std::string>> take_frame(std::string& bytes, std::size_t size_max);

}  // namespace alarum
