#include "daemon/sigma/windash.h"

#include "daemon/base/utf8.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace alarum::sigma {
namespace {

constexpr std::array<std::string_view, 5> dashes = {"-", "/", "\u2013", "\u2014", "\u2015"};

bool is_dash(std::string_view text) { return std::find(dashes.begin(), dashes.end(), text) != dashes.end(); }

/// A letter, a digit or `_`; beyond ASCII everything but the dashes counts as a letter.
bool is_word(std::string_view text) {
  const char c = text.front();
  const bool ascii_word =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  return ascii_word || (static_cast<unsigned char>(c) >= 0x80U && !is_dash(text));
}

/// The literal cut before and behind each dash that begins a flag.
std::vector<std::string> split_at_flags(std::string_view literal) {
  std::vector<std::string> out(1);
  bool word_before = false;
  for (std::size_t at = 0; at < literal.size();) {
    const std::string_view point = literal.substr(at, code_point_at(literal, at).size);
    at += point.size();
    const bool word_behind =
        at < literal.size() && is_word(literal.substr(at, code_point_at(literal, at).size));
    if (is_dash(point) && !word_before && word_behind) {
      out.emplace_back(point);
      out.emplace_back();
    } else {
      out.back() += point;
    }
    word_before = is_word(point);
  }
  return out;
}

}  // namespace

std::vector<Pattern> dash_permutations(const Pattern& pattern) {
  constexpr std::size_t flags_max = 4;
  std::size_t flags = 0;
  std::vector<std::vector<Token>> made(1);
  for (const Token& token : pattern.tokens()) {
    if (token.kind != Token::Kind::literal) {
      for (auto& tokens : made) tokens.push_back(token);
      continue;
    }
    const std::vector<std::string> parts = split_at_flags(token.text);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool is_flag = i % 2 == 1;  // the dashes stand between what is left as it is
      if (is_flag && ++flags > flags_max) return {};
      std::vector<std::vector<Token>> longer;
      for (const auto& tokens : made) {
        for (const std::string_view dash : dashes) {
          longer.push_back(tokens);
          longer.back().push_back({Token::Kind::literal, is_flag ? std::string(dash) : parts[i]});
          if (!is_flag) break;
        }
      }
      made = std::move(longer);
    }
  }
  std::vector<Pattern> out;
  out.reserve(made.size());
  for (auto& tokens : made) out.push_back(Pattern::of(std::move(tokens)));
  return out;
}

}  // namespace alarum::sigma
