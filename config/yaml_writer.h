#pragma once

#include <span>
#include <string>
#include <string_view>

/// YAML that we print: the wall around yaml-cpp's emitter, which quotes what needs quotes.
namespace alarum {

/// `text` as a YAML scalar, quoted where it has to be.
std::string yaml_scalar(std::string_view text);

/// The texts as a list in one line: `[a, b]`.
std::string yaml_list(std::span<const std::string_view> texts);

}  // namespace alarum
