#include "daemon/sigma/regex.h"

#include <re2/re2.h>

namespace alarum::sigma {
namespace {

/// RE2 falls back to a slower automaton beyond this and refuses expressions that cannot be kept in it.
constexpr std::int64_t memory_max = 64 << 20;

RE2::Options re2_options(const RegexOptions& options) {
  RE2::Options out;
  out.set_log_errors(false);
  out.set_case_sensitive(!options.ignore_case);
  out.set_dot_nl(options.dot_matches_line);
  out.set_max_mem(memory_max);
  return out;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

class Regex::Impl {
 public:
  Impl(const std::string& expression, const RegexOptions& options) : re2(expression, re2_options(options)) {}
  RE2 re2;
};

Result<Regex> Regex::compile(std::string_view expression, const RegexOptions& options) {
  const RE2 alone(piece(expression), re2_options(options));
  if (!alone.ok()) {  // asked first: "a)(b" is wrong, though "(?:a)(b)" would not be
    const bool is_beyond_re2 =
        alone.error_code() == RE2::ErrorBadPerlOp || alone.error_code() == RE2::ErrorBadEscape;
    if (alone.error_code() == RE2::ErrorPatternTooLarge) return Error{ErrorCode::limit, alone.error()};
    return Error{is_beyond_re2 ? ErrorCode::unsupported : ErrorCode::invalid, alone.error()};
  }
  std::string whole = options.multi_line ? "(?m)" : "";
  if (options.at_start) whole += "\\A";
  const bool is_tied = options.at_start || options.at_end;
  whole.append(is_tied ? "(?:" : "").append(expression).append(is_tied ? ")" : "");
  if (options.at_end) whole += "\\z";
  auto impl = std::make_shared<const Impl>(whole, options);
  if (!impl->re2.ok()) {
    const bool is_too_large = impl->re2.error_code() == RE2::ErrorPatternTooLarge;
    return Error{is_too_large ? ErrorCode::limit : ErrorCode::invalid, impl->re2.error()};
  }
  return Regex(std::move(impl));
}

std::size_t Regex::program_size() const { return static_cast<std::size_t>(impl_->re2.ProgramSize()); }

bool Regex::matches(std::string_view text) const { return RE2::PartialMatch(piece(text), impl_->re2); }

}  // namespace alarum::sigma
