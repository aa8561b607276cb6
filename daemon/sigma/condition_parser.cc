#include "daemon/sigma/condition_parser.h"

#include "daemon/base/fold.h"
#include "daemon/base/suggest.h"
#include "daemon/sigma/text_matcher.h"

#include <algorithm>
#include <array>
#include <map>

namespace alarum::sigma {
namespace {

constexpr std::size_t depth_max = 100;
/// Different selectors: each is compared with the name of every identifier.
constexpr std::size_t selectors_max = 100;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// A word or a parenthesis, and where it stands.
struct Lexeme {
  std::string_view text;  // empty at the end
  std::size_t offset = 0;
};

/// Recursive descent over the words; the first problem ends it.
class Parser {
 public:
  Parser(std::string_view text, std::span<const std::string_view> identifiers, std::size_t operands_max)
      : text_(text), identifiers_(identifiers), is_used_(identifiers.size()), operands_left_(operands_max) {
    advance();
  }

  std::variant<ParsedCondition, ConditionProblem> parse() {
    Condition condition = parse_any(0);
    if (!problem_ && !next_.text.empty()) fail_at_end();
    if (problem_) return *std::move(problem_);
    return ParsedCondition{std::move(condition), is_used_, operands_};
  }

 private:
  void advance() {
    std::size_t at = next_.offset + next_.text.size();
    while (at < text_.size() && is_space(text_[at])) ++at;
    std::size_t end = at;
    if (at < text_.size() && (text_[at] == '(' || text_[at] == ')')) {
      ++end;
    } else {
      while (end < text_.size() && !is_space(text_[end]) && text_[end] != '(' && text_[end] != ')') ++end;
    }
    next_ = {text_.substr(at, end - at), at};
  }

  bool take(std::string_view word) {
    if (next_.text != word) return false;
    advance();
    return true;
  }

  Condition fail(const Lexeme& where, std::string_view reason, std::string message, std::string hint = {}) {
    if (!problem_) problem_ = {where.offset, reason, std::move(message), std::move(hint)};
    next_ = {{}, text_.size()};
    return {};
  }

  static std::string operator_hint(std::string_view word) {
    const std::string lower = folded(word);
    const bool is_operator = lower == "and" || lower == "or" || lower == "not";
    return is_operator && lower != word ? "operators are written in lower case" : "";
  }

  void fail_at_end() {
    if (next_.text.starts_with("|")) {
      fail(next_, "invalid_condition", "aggregations after '|' are no longer part of Sigma",
           "write a correlation rule");
    } else if (next_.text == ")") {
      fail(next_, "invalid_condition", "')' closes nothing");
    } else {
      fail(next_, "invalid_condition", "'and' or 'or' is missing before '" + std::string(next_.text) + "'",
           operator_hint(next_.text));
    }
  }

  Condition parse_any(std::size_t depth) { return parse_chain(depth, "or", Condition::Kind::any_of); }

  Condition parse_chain(std::size_t depth, std::string_view word, Condition::Kind kind) {
    const bool is_or = kind == Condition::Kind::any_of;
    const auto operand = [&] {
      return is_or ? parse_chain(depth, "and", Condition::Kind::all_of) : parse_not(depth);
    };
    Condition first = operand();
    if (problem_ || next_.text != word) return first;
    Condition out;
    out.kind = kind;
    out.operands.push_back(std::move(first));
    while (!problem_ && take(word)) out.operands.push_back(operand());
    return out;
  }

  Condition parse_not(std::size_t depth) {
    if (depth > depth_max) return fail(next_, "invalid_condition", "the condition is nested too deeply");
    if (!take("not")) return parse_operand(depth);
    Condition out;
    out.kind = Condition::Kind::negation;
    out.operands.push_back(parse_not(depth + 1));
    return out;
  }

  Condition parse_operand(std::size_t depth) {
    const Lexeme at = next_;
    if (at.text.empty())
      return fail(at, "invalid_condition", "the condition ends where an identifier should stand");
    if (take("(")) {
      Condition inner = parse_any(depth + 1);
      if (!problem_ && !take(")")) return fail(next_, "invalid_condition", "')' is missing");
      return inner;
    }
    if (at.text == ")" || at.text == "and" || at.text == "or") {
      return fail(at, "invalid_condition", "an identifier is missing before '" + std::string(at.text) + "'");
    }
    advance();
    if (next_.text == "of") return parse_selector(at);
    return parse_identifier(at);
  }

  Condition parse_identifier(const Lexeme& at) {
    const auto found = std::find(identifiers_.begin(), identifiers_.end(), at.text);
    if (found == identifiers_.end()) {
      std::string hint = operator_hint(at.text);
      if (hint.empty()) hint = did_you_mean(at.text, identifiers_);
      return fail(at, "invalid_condition", "no search identifier is named '" + std::string(at.text) + "'",
                  std::move(hint));
    }
    return identifier(static_cast<std::size_t>(found - identifiers_.begin()));
  }

  Condition identifier(std::size_t index) {
    if (++operands_ > operands_left_) {
      return fail(next_, "too_large",
                  "the condition stands for more than " + std::to_string(condition_operands_max) +
                      " search identifiers",
                  "split the rule");
    }
    is_used_[index] = true;
    Condition out;
    out.identifier = index;
    return out;
  }

  /// `1 of them`, `all of selection_*`; `of` is next.
  Condition parse_selector(const Lexeme& count) {
    const bool is_all = count.text == "all";
    if (!is_all && count.text != "1" && count.text != "any") {
      return fail(count, "invalid_condition", "'" + std::string(count.text) + " of' is not part of Sigma",
                  "write '1 of', 'any of' or 'all of'");
    }
    take("of");
    const Lexeme what = next_;
    if (what.text.empty() || what.text == "(" || what.text == ")") {
      return fail(what, "invalid_condition", "'of' is followed by neither 'them' nor a pattern");
    }
    advance();
    Condition out;
    out.kind = is_all ? Condition::Kind::all_of : Condition::Kind::any_of;
    out.text = std::string(count.text) + " of " + std::string(what.text);
    if (!selected_.contains(what.text) && selected_.size() == selectors_max) {
      return fail(what, "too_large", "more than " + std::to_string(selectors_max) + " different selectors",
                  "split the rule");
    }
    for (const std::size_t i : selected_by(what.text)) {
      if (!problem_) out.operands.push_back(identifier(i));
    }
    if (out.operands.empty()) {
      return fail(what, "unmatched_selector", "'" + std::string(what.text) + "' selects no search identifier",
                  did_you_mean(what.text, identifiers_));
    }
    return out;
  }

  /// The identifiers that a selector stands for, worked out once however often it is written.
  const std::vector<std::size_t>& selected_by(std::string_view selector) {
    const auto [place, is_new] = selected_.try_emplace(selector);
    if (!is_new) return place->second;
    std::vector<Token> tokens;
    for (const char c : selector) {  // only `*` is special here: identifiers have no escapes
      tokens.push_back(c == '*' ? Token{Token::Kind::any_many, {}}
                                : Token{Token::Kind::literal, std::string(1, c)});
    }
    const TextMatcher names(Pattern::of(std::move(tokens)), true);
    for (std::size_t i = 0; i < identifiers_.size(); ++i) {
      const bool is_hidden = identifiers_[i].starts_with('_') && !selector.starts_with('_');
      if (!is_hidden && (selector == "them" || names.matches(identifiers_[i]))) place->second.push_back(i);
    }
    return place->second;
  }

  std::string_view text_;
  std::span<const std::string_view> identifiers_;
  std::vector<bool> is_used_;
  Lexeme next_;
  std::size_t operands_left_;
  std::size_t operands_ = 0;
  std::map<std::string_view, std::vector<std::size_t>> selected_;  // by selector
  std::optional<ConditionProblem> problem_;
};

}  // namespace

std::variant<ParsedCondition, ConditionProblem> parse_condition(std::string_view text,
                                                                std::span<const std::string_view> identifiers,
                                                                std::size_t operands_max) {
  return Parser(text, identifiers, operands_max).parse();
}

}  // namespace alarum::sigma
