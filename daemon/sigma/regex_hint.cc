#include "daemon/sigma/regex_hint.h"

namespace alarum::sigma {
namespace {

/// Whether `(?x)` or `(?x:` stands somewhere, alone or among other flags.
bool has_free_spacing(std::string_view expression) {
  for (std::size_t at = expression.find("(?"); at != std::string_view::npos;
       at = expression.find("(?", at + 1)) {
    const std::size_t end = expression.find_first_not_of("imsUx-", at + 2);
    if (end == std::string_view::npos || (expression[end] != ')' && expression[end] != ':')) continue;
    if (expression.substr(at, end - at).find('x') != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::string_view regex_hint(std::string_view expression) {
  if (has_free_spacing(expression))
    return "the flag x (free spacing) is not supported; write the expression without spaces and comments";
  if (expression.find("(?#") != std::string_view::npos)
    return "comments inside expressions are not supported";
  return "look-around and back-references are not supported";
}

}  // namespace alarum::sigma
