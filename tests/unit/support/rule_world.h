#pragma once

#include "config/yaml_source.h"
#include "daemon/event/event_decoder.h"
#include "daemon/sigma/explanation.h"
#include "daemon/sigma/predicate.h"
#include "daemon/sigma/rule_parser.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Rules and events in one line each, so that a test of the Sigma language says its decision and nothing
/// else: rule text in, a verdict or the problems out.
namespace alarum::sigma {

/// `lines`, each behind `indentation`.
inline std::string indented(std::string_view lines, std::string_view indentation) {
  std::string out;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    out.append(indentation).append(lines.substr(begin, end - begin)).append("\n");
    begin = end + 1;
  }
  return out;
}

/// A rule with this `detection:`, whose first line is line 5 of the rule, from column 3.
inline std::string rule_with(std::string_view detection) {
  return "title: A rule\nid: a-rule\nlogsource: {product: test}\ndetection:\n" + indented(detection, "  ");
}

/// A detection that is one selection; its first line is line 6 of the rule, from column 5.
inline std::string selecting(std::string_view selection) {
  return "selection:\n" + indented(selection, "  ") + "condition: selection";
}

/// A rule that was read, with all there is to say about it.
class RuleWorld {
 public:
  explicit RuleWorld(std::string_view yaml) : file_{"rule.yml", std::string(yaml)}, diagnostics_(file_) {
    for (const YamlDocument& document : parse_yaml(file_, diagnostics_)) {
      rule_ = parse_rule(document.root, fields_, diagnostics_);
    }
  }

  /// The rule; a rejected one fails the test.
  const Rule& rule() const {
    if (!rule_) FAIL(text_of(diagnostics_.items()));
    return *rule_;
  }
  const std::optional<Rule>& maybe_rule() const { return rule_; }
  const std::vector<Diagnostic>& problems() const { return diagnostics_.items(); }
  const FieldTable& fields() const { return fields_; }

  /// Whether the rule's condition holds for the JSON `event`, spelled as in `source`.
  bool matches(std::string_view event, std::string_view source = "product=test") {
    const BoundFormat format = bind(source);
    EventDecoder decoder(format, {});
    return holds(rule(), decoded(decoder, event));
  }

  Explanation explanation(std::string_view event) {
    const BoundFormat format = bind("product=test");
    EventDecoder decoder(format, {});
    return explain(rule(), decoded(decoder, event));
  }

  /// One line for each problem: `6:5 reason: message (hint)`, behind `warning ` where it is one.
  static std::string text_of(const std::vector<Diagnostic>& problems) {
    std::string out;
    for (const Diagnostic& problem : problems) {
      if (!out.empty()) out += '\n';
      if (problem.severity == Severity::warning) out += "warning ";
      out += std::to_string(problem.position.line) + ":" + std::to_string(problem.position.column) + " ";
      out.append(problem.reason).append(": ").append(problem.message);
      if (!problem.hint.empty()) out += " (" + problem.hint + ")";
    }
    return out;
  }

 private:
  BoundFormat bind(std::string_view source) {
    const Rule& parsed = rule();  // says what is wrong before anything else does
    REQUIRE_FALSE(parsed.identifiers.empty());
    auto format = make_event_format(source, fields_);
    REQUIRE(format.has_value());
    return {*std::move(format), fields_};
  }

  static Event& decoded(EventDecoder& decoder, std::string_view event) {
    Record record;
    record.bytes = event;
    REQUIRE_FALSE(decoder.decode(record, std::nullopt).has_value());
    return decoder.event();
  }

  SourceFile file_;
  Diagnostics diagnostics_;
  FieldTable fields_;
  std::optional<Rule> rule_;
};

/// Whether a rule with this `detection:` matches the JSON `event`.
inline bool matches(std::string_view detection, std::string_view event) {
  return RuleWorld(rule_with(detection)).matches(event);
}

/// Whether a rule with this single selection matches the JSON `event`.
inline bool selects(std::string_view selection, std::string_view event) {
  return matches(selecting(selection), event);
}

/// The same for Windows events, which have aliases.
inline bool selects_windows(std::string_view selection, std::string_view event) {
  return RuleWorld(rule_with(selecting(selection))).matches(event, "windows");
}

/// What there is to say about the text of a whole rule.
inline std::vector<Diagnostic> problems(std::string_view rule_yaml) {
  return RuleWorld(rule_yaml).problems();
}

/// The problems of a rule with this `detection:`, as text.
inline std::string problems_of(std::string_view detection) {
  return RuleWorld::text_of(problems(rule_with(detection)));
}

/// The problems of a rule with this single selection, as text.
inline std::string selection_problems(std::string_view selection) {
  return problems_of(selecting(selection));
}

}  // namespace alarum::sigma
