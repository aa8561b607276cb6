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

/// One file of events and how often it has to match; or what is wrong with it.
struct RegressionCase {
  std::string rule_id;
  std::string name;
  std::string place;
  std::string events;                     // path of the JSON file
  std::optional<std::uint64_t> expected;  // nothing: at least once
  std::string problem;                    // why it cannot be run; empty where it can
  bool is_absent = false;                 // nobody claims that there is a case: that is no failure
};

std::string text_at(const YamlNode& node, std::string_view key) {
  const YamlNode* const found = node.find(key);
  return found == nullptr ? std::string() : found->text;
}

/// A count as it is written; nothing where it is none.
std::optional<std::uint64_t> count_of(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

RegressionCase case_of(const YamlNode& test, const std::string& rule_id, const filesystem::path& info) {
  RegressionCase out;
  out.rule_id = rule_id;
  out.name = text_at(test, "name");
  out.place = info.string() + ":" + std::to_string(test.start.line);
  const std::string path = text_at(test, "path");
  if (path.empty()) out.problem = "it has no 'path' of a file of events";
  filesystem::path events = info.parent_path() / filesystem::path(path).filename();
  out.events = events.replace_extension(".json").string();
  if (const YamlNode* const count = test.find("match_count")) {
    out.expected = count_of(count->text);
    if (!out.expected) out.problem = "its match_count is no count, but '" + count->text + "'";
  }
  return out;
}

/// What stands for a file that holds no case that could be run.
RegressionCase broken(const filesystem::path& info, std::string problem) {
  RegressionCase out;
  out.place = info.string();
  out.name = info.filename().string();
  out.problem = std::move(problem);
  return out;
}

void read_cases(const filesystem::path& info, std::vector<RegressionCase>& out) {
  auto text = read_file(info.string(), YamlLimits().bytes_max + 1);
  if (!text) return out.push_back(broken(info, text.error().message));
  const SourceFile file{info.string(), *std::move(text)};
  Diagnostics diagnostics(file);
  const auto documents = parse_yaml(file, diagnostics);
  if (diagnostics.has_errors()) return out.push_back(broken(info, diagnostics.items().front().message));
  const std::size_t cases_before = out.size();
  for (const YamlDocument& document : documents) {
    const YamlNode* const rules = document.root.find("rule_metadata");
    const YamlNode* const tests = document.root.find("regression_tests_info");
    if (tests == nullptr) continue;
    if (rules == nullptr || rules->items.empty()) {
      out.push_back(broken(info, "it names no rule below 'rule_metadata'"));
      continue;
    }
    for (const YamlNode& test : tests->items)
      out.push_back(case_of(test, text_at(rules->items.front(), "id"), info));
  }
  if (out.size() > cases_before) return;
  out.push_back(broken(info, "it holds no case below 'regression_tests_info'"));
  out.back().is_absent = true;
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

/// What the events of a case come to.
struct Counts {
  std::uint64_t matches = 0;
  std::uint64_t dead_letters = 0;
  std::string errors;  // lines of what could not be read
};

Counts replay_case(const std::string& events, std::uint32_t rule, const std::shared_ptr<const Plan>& plan) {
  Counts out;
  Lane lane(plan);
  LaneOutput output;
  FileSource source({events}, {.record_bytes_max = plan->limits().bytes_max});
  for (auto batch = source.next(); !batch.empty(); batch = source.next()) {
    lane.evaluate(batch, output);
    out.matches += static_cast<std::uint64_t>(std::count(output.matches.begin(), output.matches.end(), rule));
    out.dead_letters += output.dead_letters.size();
  }
  for (const Error& error : source.errors()) out.errors += "  " + printable(error.message) + "\n";
  return out;
}

CaseResult run_case(const RegressionCase& test, const std::shared_ptr<const Plan>& plan) {
  CaseResult out{test.place, test.rule_id, test.name, CaseResult::Outcome::failed, {}, test.expected};
  if (!test.problem.empty()) {
    if (test.is_absent) out.outcome = CaseResult::Outcome::skipped;
    out.message = "  " + printable(test.problem) + "\n";
    return out;
  }
  if (std::error_code error; !filesystem::exists(test.events, error)) {
    out.outcome = CaseResult::Outcome::skipped;
    out.message = "  its events are not there: " + printable(test.events) + "\n";
    return out;
  }
  const auto& rules = plan->rules();
  const auto rule =
      std::find_if(rules.begin(), rules.end(), [&](const auto& item) { return item.id == test.rule_id; });
  if (rule == rules.end()) {
    out.message = "  no rule with the id " + printable(test.rule_id) + " was loaded\n";
    return out;
  }
  const Counts found = replay_case(test.events, static_cast<std::uint32_t>(rule - rules.begin()), plan);
  out.message = found.errors;
  if (found.dead_letters > 0)
    out.message += "  " + counted(found.dead_letters, "record") + " of its events cannot be decoded\n";
  const bool is_as_said = test.expected ? found.matches == *test.expected : found.matches > 0;
  if (!is_as_said) out.message += said(found.matches, test.expected);
  if (out.message.empty()) out.outcome = CaseResult::Outcome::passed;
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
