#pragma once

#include <string>
#include <string_view>

/// Simple case folding of Unicode: the one sense in which text compares "case-insensitively" here.
/// Simple means that one code point folds to one code point (CaseFolding.txt, status C and S), so `ß` and
/// `ss` differ and lengths in code points stay. The wall around utf8proc.
namespace alarum {

/// The folded form of one code point; itself where it has no case.
char32_t fold(char32_t code_point);

/// Appends the folded form of `text` to `out`. Bytes that are not UTF-8 pass unchanged.
void append_folded(std::string& out, std::string_view text);

/// The folded form of `text`.
std::string folded(std::string_view text);

}  // namespace alarum
