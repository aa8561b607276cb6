#pragma once

#include "daemon/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// One thing that can be configured, described once: parsing, checking, the default, the commented default
/// file and the reference page all come from this description. Only what something reads may be an option.
namespace alarum {

struct Option {
  enum class Type {
    text_list,  ///< a list of texts
    count,      ///< a whole number
    size,       ///< bytes: a whole number, with B, KiB, MiB or GiB behind it or not
    word,       ///< one of a few words
  };

  std::string_view name;  ///< `section.key`
  Type type = Type::text_list;
  std::vector<std::string_view> default_value = {};  ///< as written; one text unless it is a list
  std::int64_t min = 0;                              ///< of a count or a size
  std::int64_t max = 0;
  std::vector<std::string_view> words = {};  ///< of a word
  std::string_view help;                     ///< one or two sentences
};

/// What an option is set to.
struct OptionValue {
  std::vector<std::string> texts;  ///< of a list; otherwise the one text that was written
  std::int64_t number = 0;         ///< of a count or a size
};

/// Reads and checks a value; the error says what the option takes.
Result<OptionValue> parse_value(const Option& option, std::span<const std::string> texts);

/// What the option takes, for people: `a size from 1KiB to 256MiB`.
std::string expectation(const Option& option);

/// `8388608` as `8MiB`: the largest unit that divides it.
std::string size_text(std::int64_t bytes);

}  // namespace alarum
