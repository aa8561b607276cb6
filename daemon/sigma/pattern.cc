#include "daemon/sigma/pattern.h"

#include "daemon/base/fold.h"

#include <algorithm>

namespace alarum::sigma {
namespace {

bool is_wildcard(const Token& token) { return token.kind != Token::Kind::literal; }

}  // namespace

Pattern Pattern::parse(std::string_view text) {
  std::vector<Token> tokens;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) tokens.push_back({Token::Kind::literal, literal});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
      literal += next;
      ++i;
    } else if (c == '*' || c == '?') {
      flush();
      tokens.push_back({c == '*' ? Token::Kind::any_many : Token::Kind::any_one, {}});
    } else {
      literal += c;
    }
  }
  flush();
  return of(std::move(tokens));
}

Pattern Pattern::literal(std::string_view bytes) {
  if (bytes.empty()) return {};
  return of({{Token::Kind::literal, std::string(bytes)}});
}

Pattern Pattern::of(std::vector<Token> tokens) {
  Pattern out;
  for (Token& token : tokens) {
    if (!is_wildcard(token) && token.text.empty()) continue;
    const bool joins = !out.tokens_.empty() && !is_wildcard(token) && !is_wildcard(out.tokens_.back());
    if (joins) {
      out.tokens_.back().text += token.text;
    } else {
      out.tokens_.push_back(std::move(token));
    }
  }
  return out;
}

bool Pattern::has_wildcards() const { return std::any_of(tokens_.begin(), tokens_.end(), is_wildcard); }

bool Pattern::matches_everything() const {
  return !tokens_.empty() && std::all_of(tokens_.begin(), tokens_.end(), [](const Token& token) {
    return token.kind == Token::Kind::any_many;
  });
}

Pattern Pattern::with_any_before() const {
  if (!tokens_.empty() && tokens_.front().kind == Token::Kind::any_many) return *this;
  std::vector<Token> tokens = tokens_;
  tokens.insert(tokens.begin(), {Token::Kind::any_many, {}});
  return of(std::move(tokens));
}

Pattern Pattern::with_any_after() const {
  if (!tokens_.empty() && tokens_.back().kind == Token::Kind::any_many) return *this;
  std::vector<Token> tokens = tokens_;
  tokens.push_back({Token::Kind::any_many, {}});
  return of(std::move(tokens));
}

Pattern Pattern::folded() const {
  std::vector<Token> tokens = tokens_;
  for (Token& token : tokens) token.text = alarum::folded(token.text);
  return of(std::move(tokens));
}

std::string Pattern::to_text() const {
  std::string out;
  for (const Token& token : tokens_) {
    if (token.kind == Token::Kind::any_many) out += '*';
    if (token.kind == Token::Kind::any_one) out += '?';
    for (std::size_t i = 0; i < token.text.size(); ++i) {
      const char c = token.text[i];
      const bool last = i + 1 == token.text.size();
      const bool escape = c == '*' || c == '?' ||
                          (c == '\\' && (last || token.text[i + 1] == '*' || token.text[i + 1] == '?' ||
                                         token.text[i + 1] == '\\'));
      if (escape) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace alarum::sigma
