// Cases as SigmaHQ keeps them: an info.yml that names a rule and files of events, and the events beside it.
#include "config/yaml_source.h"
#include "daemon/base/file.h"
#include "daemon/base/printable.h"
#include "daemon/cli/rule_case.h"
#include "daemon/files/file_source.h"
#include "daemon/pipeline/lane.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

namespace alarum::cli {
namespace {

namespace filesystem = std::filesystem;

/// One file of events and how often it has to match.
struct RegressionCase {
  std::string rule_id;
  std::string name;
  std::string place;
  std::string events;                     // path of the JSON file
  std::optional<std::uint64_t> expected;  // nothing: at least once
};

std::string text_at(const YamlNode& node, std::string_view key) {
  const YamlNode* const found = node.find(key);
  return found == nullptr ? std::string() : found->text;
}

RegressionCase case_of(const YamlNode& test, const std::string& rule_id, const filesystem::path& info) {
  RegressionCase out;
  out.rule_id = rule_id;
  out.name = text_at(test, "name");
  out.place = info.string() + ":" + std::to_string(test.start.line);
  filesystem::path events = info.parent_path() / filesystem::path(text_at(test, "path")).filename();
  out.events = events.replace_extension(".json").string();
  const std::string count = text_at(test, "match_count");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), number);
  if (error == std::errc() && end == count.data() + count.size()) out.expected = number;
  return out;
}

void read_cases(const filesystem::path& info, std::vector<RegressionCase>& out) {
  auto text = read_file(info.string(), YamlLimits().bytes_max);
  if (!text) return;
  const SourceFile file{info.string(), *std::move(text)};
  Diagnostics diagnostics(file);
  for (const YamlDocument& document : parse_yaml(file, diagnostics)) {
    const YamlNode* const rules = document.root.find("rule_metadata");
    const YamlNode* const tests = document.root.find("regression_tests_info");
    if (rules == nullptr || tests == nullptr || rules->items.empty()) continue;
    for (const YamlNode& test : tests->items)
      out.push_back(case_of(test, text_at(rules->items.front(), "id"), info));
  }
}

std::vector<RegressionCase> find_cases(const std::vector<std::string>& folders) {
  std::vector<RegressionCase> out;
  for (const std::string& folder : folders) {
    const auto files = list_files(folder, Depth::tree);
    if (!files) continue;  // a file of rules, not a folder
    for (const std::string& file : *files) {
      if (file.ends_with("/info.yml")) read_cases(file, out);
    }
  }
  return out;
}

std::string said(std::uint64_t found, const std::optional<std::uint64_t>& expected) {
  return "  matched " + std::to_string(found) + " times instead of " +
         (expected ? std::to_string(*expected) : "at least once") + "\n";
}

CaseResult run_case(const RegressionCase& test, const std::shared_ptr<const Plan>& plan) {
  CaseResult out{test.place, test.rule_id, test.name, CaseResult::Outcome::passed, {}};
  if (std::error_code error; !filesystem::exists(test.events, error)) {
    out.outcome = CaseResult::Outcome::skipped;
    out.message = "  its events are not there: " + printable(test.events) + "\n";
    return out;
  }
  const auto& rules = plan->rules();
  const auto rule =
      std::find_if(rules.begin(), rules.end(), [&](const auto& item) { return item.id == test.rule_id; });
  if (rule == rules.end()) {
    out.outcome = CaseResult::Outcome::failed;
    out.message = "  no rule with the id " + printable(test.rule_id) + " was loaded\n";
    return out;
  }
  Lane lane(plan);
  LaneOutput output;
  std::uint64_t found = 0;
  FileSource source({test.events}, {.record_bytes_max = plan->limits().bytes_max});
  for (auto batch = source.next(); !batch.empty(); batch = source.next()) {
    lane.evaluate(batch, output);
    found += static_cast<std::uint64_t>(std::count(output.matches.begin(), output.matches.end(),
                                                   static_cast<std::uint32_t>(rule - rules.begin())));
  }
  const bool passed = test.expected ? found == *test.expected : found > 0;
  if (passed) return out;
  out.outcome = CaseResult::Outcome::failed;
  out.message = said(found, test.expected);
  return out;
}

}  // namespace

std::vector<CaseResult> run_regression_cases(const std::vector<std::string>& folders, LoadedRules loaded,
                                             const JsonLimits& limits) {
  const std::vector<RegressionCase> cases = find_cases(folders);
  if (cases.empty()) return {};
  auto format = make_event_format("windows", loaded.fields);
  ENSURE(format.has_value(), "the Windows router is built in");
  const auto plan = Plan::compile(std::move(loaded.set.rules), std::move(loaded.fields),
                                  SourceFormat{"replay", "windows", *std::move(format)}, limits);
  std::vector<CaseResult> out;
  out.reserve(cases.size());
  for (const RegressionCase& test : cases) out.push_back(run_case(test, plan));
  return out;
}

}  // namespace alarum::cli
