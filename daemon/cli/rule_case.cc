#include "daemon/cli/rule_case.h"

#include "daemon/cli/explanation_text.h"
#include "daemon/event/event_decoder.h"

namespace alarum::cli {
namespace {

/// The rules' own fields, in shapes that events of a test are written in.
class CaseRunner {
 public:
  CaseRunner(const sigma::Rule& rule, const FieldTable& fields, const JsonLimits& limits)
      : rule_(rule), format_(make_fixed_format(rule.log_source), fields), decoder_(format_, limits) {}

  CaseResult run(const sigma::Extension::Test& test, const Output& output) {
    CaseResult out;
    out.place = rule_.file + ":" + std::to_string(test.position.line);
    out.rule_id = rule_.id;
    out.name = rule_.title + ": " + test.name;
    for (std::size_t i = 0; i < test.events.size(); ++i) {
      const std::string problem = check(test.events[i], test.match, output);
      if (problem.empty()) continue;
      out.outcome = CaseResult::Outcome::failed;
      out.message +=
          "  event " + std::to_string(i + 1) + " of " + std::to_string(test.events.size()) + " " + problem;
    }
    return out;
  }

 private:
  /// Empty where the event does what the test says.
  std::string check(const std::string& event, bool expected, const Output& output) {
    Record record;
    record.bytes = event;
    if (const auto reason = decoder_.decode(record, std::nullopt)) {
      return "is no event: " + std::string(reason_name(*reason)) + "\n";
    }
    const auto explanation = sigma::explain(rule_, decoder_.event());
    if ((explanation.verdict == sigma::Verdict::yes) == expected) return {};
    return (expected ? "should match and does not\n" : "should not match and does\n") +
           to_text(explanation, {.only_true = false, .indent = 4}, output);
  }

  const sigma::Rule& rule_;
  BoundFormat format_;
  EventDecoder decoder_;
};

}  // namespace

std::vector<CaseResult> run_cases_beside_rules(const LoadedRules& loaded, const JsonLimits& limits,
                                               const Output& output) {
  std::vector<CaseResult> out;
  for (const sigma::Rule& rule : loaded.set.rules) {
    if (rule.extension.tests.empty()) continue;
    CaseRunner runner(rule, loaded.fields, limits);
    for (const auto& test : rule.extension.tests) out.push_back(runner.run(test, output));
  }
  return out;
}

}  // namespace alarum::cli
