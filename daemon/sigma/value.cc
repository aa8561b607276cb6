#include "daemon/sigma/value.h"

namespace alarum::sigma {
namespace {

std::string_view sign_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal: return "= ";
    case Comparison::less: return "< ";
    case Comparison::less_or_equal: return "<= ";
    case Comparison::greater: return "> ";
    case Comparison::greater_or_equal: return ">= ";
  }
  return "";
}

std::string_view name_of(TimePart part) {
  switch (part) {
    case TimePart::minute: return "minute ";
    case TimePart::hour: return "hour ";
    case TimePart::day: return "day ";
    case TimePart::week: return "week ";
    case TimePart::month: return "month ";
    case TimePart::year: return "year ";
  }
  return "";
}

struct Describe {
  std::string operator()(const TextValue& value) const {
    return "'" + value.pattern().to_text() + "'" + (value.cased() ? " (cased)" : "");
  }
  std::string operator()(const NumberValue& value) const { return value.written(); }
  std::string operator()(const BooleanValue& value) const { return value.value ? "true" : "false"; }
  std::string operator()(const NullValue& /*value*/) const { return "null"; }
  std::string operator()(const ExistsValue& value) const {
    return value.expected ? "exists" : "does not exist";
  }
  std::string operator()(const RegexValue& value) const {
    std::string flags;
    if (value.options.ignore_case) flags += 'i';
    if (value.options.multi_line) flags += 'm';
    if (value.options.dot_matches_line) flags += 's';
    return "/" + value.text + "/" + flags;
  }
  std::string operator()(const NetworkValue& value) const { return "in " + value.text; }
  std::string operator()(const FieldReferenceValue& value) const {
    return std::string(value.any_before ? "*" : "") + "the value of " + value.name +
           (value.any_after ? "*" : "");
  }
  std::string operator()(const ComparisonValue& value) const {
    return std::string(sign_of(value.comparison)) + value.other.written();
  }
  std::string operator()(const TimePartValue& value) const {
    return std::string(name_of(value.part)).append(sign_of(value.comparison)) + value.other.written();
  }
};

}  // namespace

TextValue make_text(std::string written) {
  Pattern pattern = Pattern::parse(written);
  return make_text(std::move(written), std::move(pattern), false);
}

TextValue make_text(std::string written, Pattern pattern, bool cased) {
  TextMatcher compared(pattern, cased);
  return {std::move(compared),
          std::make_shared<const TextSource>(TextSource{std::move(written), std::move(pattern)})};
}

NumberValue make_number(Decimal number, std::string written) {
  return {std::make_shared<const NumberSource>(NumberSource{std::move(number), std::move(written)})};
}

std::string describe(const Value& value) { return std::visit(Describe(), value); }

}  // namespace alarum::sigma
