#include "daemon/base/printable.h"
#include "daemon/cli/command.h"
#include "daemon/cli/diagnostic_text.h"
#include "daemon/cli/input.h"
#include "daemon/cli/rule_case.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace alarum::cli {
namespace {

struct TestTotals {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
};

std::string_view outcome_name(CaseResult::Outcome outcome) {
  switch (outcome) {
    case CaseResult::Outcome::passed: return "passed";
    case CaseResult::Outcome::failed: return "failed";
    case CaseResult::Outcome::skipped: return "skipped";
  }
  return "failed";
}

void count(const CaseResult& result, TestTotals& totals) {
  totals.passed += result.outcome == CaseResult::Outcome::passed ? 1 : 0;
  totals.failed += result.outcome == CaseResult::Outcome::failed ? 1 : 0;
  totals.skipped += result.outcome == CaseResult::Outcome::skipped ? 1 : 0;
}

std::string json_text(const std::vector<CaseResult>& results) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const CaseResult& result : results) {
    json.begin_object().key("place").text(result.place).key("rule").text(result.rule_id);
    json.key("name").text(result.name).key("outcome").text(outcome_name(result.outcome));
    json.key("message").text(result.message);
    if (result.match_count) json.key("match_count").number(static_cast<std::int64_t>(*result.match_count));
    json.end_object();
  }
  json.end_array();
  return out + "\n";
}

void write_human(const std::vector<CaseResult>& results, bool is_quiet, Output& output) {
  for (const CaseResult& result : results) {
    if (result.outcome == CaseResult::Outcome::passed && is_quiet) continue;
    const Style style = result.outcome == CaseResult::Outcome::passed   ? Style::green
                        : result.outcome == CaseResult::Outcome::failed ? Style::red
                                                                        : Style::yellow;
    output.write(output.styled(style, outcome_name(result.outcome)) + "  " + printable(result.place) + ": " +
                 printable(result.name) + "\n");
    if (!result.message.empty()) output.write(result.message);
  }
}

ExitCode test(const GlobalOptions& global, const std::vector<std::string>& paths) {
  const auto config = read_config(global);
  if (!config) return broken_config;
  auto loaded = read_rules(paths, *config);
  if (!loaded) return broken_input;
  std::vector<Diagnostic> errors;
  std::copy_if(loaded->set.diagnostics.begin(), loaded->set.diagnostics.end(), std::back_inserter(errors),
               [](const Diagnostic& item) { return item.severity == Severity::error; });
  std::fputs(problems_text(errors).c_str(), stderr);

  Output output(global);
  std::vector<CaseResult> results = run_cases_beside_rules(*loaded, json_limits(*config), output);
  auto more = run_regression_cases(paths, std::move(*loaded), json_limits(*config));
  results.insert(results.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));

  TestTotals totals;
  for (const CaseResult& result : results) count(result, totals);
  if (global.is_json()) {
    output.write(json_text(results));
  } else {
    write_human(results, global.quiet, output);
    output.write(std::to_string(totals.passed) + " passed, " + std::to_string(totals.failed) + " failed, " +
                 std::to_string(totals.skipped) + " skipped\n");
  }
  output.flush();
  if (!output.ok()) return unreachable;
  if (results.empty()) complain("no rule has a test; write them below 'alarum: tests:'");
  if (!errors.empty() || results.empty()) return broken_input;
  return totals.failed == 0 ? done : findings;
}

}  // namespace

void add_rule_test(CommandLine& line, const GlobalOptions& global) {
  const auto paths = std::make_shared<std::vector<std::string>>();
  Verb verb =
      line.verb("rule", "test", "Run the tests beside rules, and those of SigmaHQ's regression_data folders");
  verb.words(
      "PATH", *paths,
      "Rule files and folders, regression_data folders among them (default: the configuration's rules)");
  verb.runs([&global, paths] { return test(global, *paths); },
            {"0 every test passed, 1 one failed, 2 a rule is rejected or none has a test,\n"
             "3 the configuration is broken, 4 output cannot be written, 64 wrong usage",
             "alarum rule test rules/"});
}

}  // namespace alarum::cli
