#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace alarum {

/// Hashes every kind of string alike, so that a map of strings can be asked with a view and without a copy.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// A hash map from strings that takes views as keys of a look-up.
template <class Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

}  // namespace alarum
