#include "daemon/sigma/pattern.h"

#include "daemon/base/contains.h"
#include "daemon/base/fold.h"
#include "daemon/base/utf8.h"

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
  out.finish();
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

void Pattern::finish() {
  const bool any_before = !tokens_.empty() && tokens_.front().kind == Token::Kind::any_many;
  const bool any_after = tokens_.size() > 1 && tokens_.back().kind == Token::Kind::any_many;
  const std::size_t inner = tokens_.size() - (any_before ? 1 : 0) - (any_after ? 1 : 0);
  const Token* const literal = inner == 1 ? &tokens_[any_before ? 1 : 0] : nullptr;
  literal_ = literal != nullptr ? literal->text : std::string();
  if (inner > 1 || (literal != nullptr && is_wildcard(*literal))) {
    form_ = Form::general;
  } else if (any_before) {
    form_ = any_after || inner == 0 ? Form::contains : Form::suffix;
  } else {
    form_ = any_after ? Form::prefix : Form::exact;
  }
}

bool Pattern::matches(std::string_view text) const {
  switch (form_) {
    case Form::exact: return text == literal_;
    case Form::prefix: return text.starts_with(literal_);
    case Form::suffix: return text.ends_with(literal_);
    case Form::contains: return contains(text, literal_);
    case Form::general: return matches_generally(text);
  }
  return false;
}

/// Left to right; at a mismatch the last `*` takes one more code point. An earlier `*` never needs to change:
/// the leftmost place for what stands between two of them leaves the most for the rest.
bool Pattern::matches_generally(std::string_view text) const {
  std::size_t token = 0;
  std::size_t at = 0;
  std::size_t star_token = tokens_.size();
  std::size_t star_at = 0;
  const auto take = [&] {
    const Token& wanted = tokens_[token];
    if (wanted.kind == Token::Kind::any_one) {
      if (at == text.size()) return false;
      at += code_point_at(text, at).size;
    } else {
      if (!text.substr(at).starts_with(wanted.text)) return false;
      at += wanted.text.size();
    }
    ++token;
    return true;
  };
  while (token < tokens_.size() || at < text.size()) {
    if (token < tokens_.size() && tokens_[token].kind == Token::Kind::any_many) {
      star_token = token++;
      star_at = at;
    } else if (token == tokens_.size() || !take()) {
      if (star_token == tokens_.size() || star_at == text.size()) return false;
      star_at += code_point_at(text, star_at).size;
      at = star_at;
      token = star_token + 1;
    }
  }
  return true;
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
