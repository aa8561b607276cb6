#pragma once

#include "daemon/sigma/pattern.h"

#include <vector>

namespace alarum::sigma {

/// Every way to write the flags of a Windows command line: each dash that begins a flag (nothing of a word
/// before it, a word character behind it) as `-`, `/`, en dash, em dash or horizontal bar, in all
/// combinations (modifiers appendix, windash; which dashes count, and that others stay, is pySigma's reading:
/// `\B[-/]\b`). Empty when there are more than four of them, which would be over 625 patterns.
std::vector<Pattern> dash_permutations(const Pattern& pattern);

}  // namespace alarum::sigma
