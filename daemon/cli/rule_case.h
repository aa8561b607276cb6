#pragma once

#include "daemon/cli/input.h"
#include "daemon/cli/terminal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Test cases of rules: events that have to fire a rule, or must not.
namespace alarum::cli {

/// How one case went.
struct CaseResult {
  enum class Outcome { passed, failed, skipped };
  std::string place;  ///< file and line
  std::string rule_id;
  std::string name;
  Outcome outcome = Outcome::passed;
  std::string message;                       ///< why it failed or was skipped: lines for people
  std::optional<std::uint64_t> match_count;  ///< how often a regression case says that its rule matches
};

/// Runs every case below `alarum: tests:`. Each event counts as one of its rule's log source, but a Windows
/// event with a channel as what that says. `output` says how explanations of failures are styled.
std::vector<CaseResult> run_cases_beside_rules(LoadedRules& loaded, const JsonLimits& limits,
                                               const Output& output);

/// Runs the cases of every `info.yml` below the folders: its events, JSON beside it, run through all the
/// rules as Windows events, must match its rule as often as it says, or at least once. A case whose events
/// are not there is skipped; one that cannot be understood or read fails, and so does an `info.yml` that
/// holds none.
std::vector<CaseResult> run_regression_cases(const std::vector<std::string>& folders, LoadedRules loaded,
                                             const JsonLimits& limits);

}  // namespace alarum::cli
