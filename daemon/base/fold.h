#pragma once

#include <string>
#include <string_view>

/// Simple case folding of Unicode: the one sense in which text compares "case-insensitively" here.
/// Simple means that one code point folds to one code point (CaseFolding.txt, status C and S), so `ß` and
/// `ss` differ and lengths in code points stay. The wall around utf8proc.
namespace alarum {

/// The folded form of `text`. Bytes that are not UTF-8 pass unchanged.
std::string folded(std::string_view text);

}  // namespace alarum
