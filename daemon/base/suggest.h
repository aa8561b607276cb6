#pragma once

#include <span>
#include <string>
#include <string_view>

namespace alarum {

/// The word of `known` that was probably meant by `word`, or an empty text when none is near: at most one
/// edit (insert, delete, replace, swap of neighbours) for every three characters, or the longer one that
/// begins so; upper and lower case alike.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

/// "did you mean 'X'?" for the nearest word, or an empty text.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace alarum
