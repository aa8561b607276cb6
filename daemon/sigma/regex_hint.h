#pragma once

#include <string_view>

namespace alarum::sigma {

/// What an author should know about an expression that RE2 does not support: which of the features it lacks
/// was used.
std::string_view regex_hint(std::string_view expression);

}  // namespace alarum::sigma
