#include "daemon/sigma/text_matcher.h"

#include "daemon/base/contains.h"
#include "daemon/base/utf8.h"

namespace alarum::sigma {
namespace {

bool is_any_many(const Token& token) { return token.kind == Token::Kind::any_many; }

/// What comes next in a pattern as Sigma writes it: a wildcard, or one byte.
struct Piece {
  Token::Kind kind;
  char byte;
  std::size_t size;
};

Piece piece_at(std::string_view pattern, std::size_t at) {
  const char c = pattern[at];
  if (c == '*') return {Token::Kind::any_many, c, 1};
  if (c == '?') return {Token::Kind::any_one, c, 1};
  const char next = c == '\\' && at + 1 < pattern.size() ? pattern[at + 1] : '\0';
  if (next == '*' || next == '?' || next == '\\') return {Token::Kind::literal, next, 2};
  return {Token::Kind::literal, c, 1};
}

/// Left to right; at a mismatch the last `*` takes one more code point. An earlier `*` never needs to change:
/// the leftmost place for what stands between two of them leaves the most for the rest.
bool matches_generally(std::string_view text, std::string_view pattern) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t at = 0;
  std::size_t next = 0;
  std::size_t star_next = none;
  std::size_t star_at = 0;
  while (next < pattern.size() || at < text.size()) {
    if (next < pattern.size()) {
      const Piece piece = piece_at(pattern, next);
      if (piece.kind == Token::Kind::any_many) {
        next += piece.size;
        star_next = next;
        star_at = at;
        continue;
      }
      const bool is_one = piece.kind == Token::Kind::any_one;
      if (at < text.size() && (is_one || text[at] == piece.byte)) {
        at += is_one ? code_point_at(text, at).size : 1;
        next += piece.size;
        continue;
      }
    }
    if (star_next == none || star_at == text.size()) return false;
    star_at += code_point_at(text, star_at).size;
    at = star_at;
    next = star_next;
  }
  return true;
}

}  // namespace

TextMatcher::TextMatcher(const Pattern& pattern, bool cased) : cased_(cased) {
  const Pattern compared = cased ? pattern : pattern.folded();
  const auto& tokens = compared.tokens();
  const bool any_before = !tokens.empty() && is_any_many(tokens.front());
  const bool any_after = tokens.size() > 1 && is_any_many(tokens.back());
  const std::size_t inner = tokens.size() - (any_before ? 1 : 0) - (any_after ? 1 : 0);
  const Token* const only = inner == 1 ? &tokens[any_before ? 1 : 0] : nullptr;
  if (inner > 1 || (only != nullptr && only->kind != Token::Kind::literal)) {
    form_ = Form::general;
    text_ = compared.to_text();
    return;
  }
  if (only != nullptr) text_ = only->text;
  if (any_before) {
    form_ = any_after || inner == 0 ? Form::contains : Form::suffix;
  } else {
    form_ = any_after ? Form::prefix : Form::exact;
  }
}

bool TextMatcher::matches(std::string_view text) const {
  switch (form_) {
    case Form::exact: return text == text_;
    case Form::prefix: return text.starts_with(text_);
    case Form::suffix: return text.ends_with(text_);
    case Form::contains: return contains(text, text_);
    case Form::general: return matches_generally(text, text_);
  }
  return false;
}

}  // namespace alarum::sigma
