#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Sigma's strings with wildcards (rules specification, String Wildcard and Escape Character). Modifiers work
/// on the token list, never on the written text, so `|contains: '\Temp\'` cannot turn its last backslash into
/// an escape.
namespace alarum::sigma {

/// A piece of a pattern: literal bytes, `?` or `*`.
struct Token {
  enum class Kind : std::uint8_t { literal, any_one, any_many };
  Kind kind = Kind::literal;
  std::string text;  ///< of a literal, not empty
  friend bool operator==(const Token&, const Token&) = default;
};

/// What a value has to look like, as it is written; TextMatcher compares it. `?` is exactly one code point,
/// `*` any number of them.
class Pattern {
 public:
  /// Reads Sigma's escapes: `\` escapes only `*`, `?` and `\`; before anything else it is a backslash.
  static Pattern parse(std::string_view text);
  /// These bytes and nothing else; no wildcards.
  static Pattern literal(std::string_view bytes);
  /// From tokens; neighbouring literals are joined, empty ones dropped.
  static Pattern of(std::vector<Token> tokens);

  /// Literals and wildcards, in order.
  const std::vector<Token>& tokens() const { return tokens_; }
  bool has_wildcards() const;
  /// Whether every value matches: `*` alone.
  bool matches_everything() const;
  /// The text of a pattern without wildcards.
  std::string_view literal_text() const {
    return tokens_.empty() ? std::string_view() : tokens_.front().text;
  }

  /// The same with `*` in front, or behind; one that is there already is not doubled.
  Pattern with_any_before() const;
  Pattern with_any_after() const;
  /// The same with all literals in simple case folding.
  Pattern folded() const;

  /// The pattern as Sigma writes it.
  std::string to_text() const;

 private:
  std::vector<Token> tokens_;
};

}  // namespace alarum::sigma
