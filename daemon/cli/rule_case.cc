#include "daemon/cli/rule_case.h"

#include "daemon/cli/explanation_text.h"
#include "daemon/cli/seen_log_source.h"
#include "daemon/event/event_decoder.h"

namespace alarum::cli {
namespace {

/// Runs the cases of one rule, whose events are read as a replay reads them.
class CaseRunner {
 public:
  CaseRunner(const sigma::Rule& rule, FieldTable& fields, const JsonLimits& limits)
      : rule_(rule),
        channel_(fields.intern("Channel")),
        format_(make_trial_format(rule.log_source, fields), fields),
        decoder_(format_, limits) {}

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
    const SeenLogSource seen = see_log_source(rule_.log_source, format_.router(), decoder_.event(), channel_);
    if ((explanation.verdict == sigma::Verdict::yes && seen.is_for_rule) == expected) return {};
    const ExplanationStyle style = {.only_true = false, .indent = 4};
    return (expected ? "should match and does not\n" : "should not match and does\n") +
           to_text(seen, style, output) + to_text(explanation, style, output);
  }

  const sigma::Rule& rule_;
  FieldId channel_;
  BoundFormat format_;
  EventDecoder decoder_;
};

}  // namespace

std::vector<CaseResult> run_cases_beside_rules(LoadedRules& loaded, const JsonLimits& limits,
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
