#pragma once

#include "config/askers.h"
#include "config/diagnostic.h"
#include "daemon/base/log.h"
#include "daemon/base/policy_file.h"
#include "daemon/base/printable.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// How programs with a policy of their own read it, which only root may have written.
namespace alarum {

/// A policy by its text, and what is wrong with it. With an error among the problems it is not to be used.
template <typename Policy>
struct LoadedPolicy {
  Policy policy;
  std::vector<Diagnostic> problems;
};

/// What a policy file came to.
template <typename Policy>
struct PolicyFile {
  std::optional<Policy> policy;         ///< nothing where it is not to be used
  std::vector<std::string> complaints;  ///< what is wrong with it, safe for a terminal; warnings too
  bool may_mend = false;                ///< by itself: only names are unknown
};

/// Reads the file at `path`; `parse` gets its path and text.
template <typename Policy>
PolicyFile<Policy> load_policy_file(const std::string& path,
                                    LoadedPolicy<Policy> (*parse)(const std::string&, std::string)) {
  PolicyFile<Policy> out;
  auto text = read_policy_file(path);
  if (!text) {
    out.complaints.push_back(printable(text.error().message));
    return out;
  }
  LoadedPolicy<Policy> loaded = parse(path, *std::move(text));
  for (const Diagnostic& problem : loaded.problems) out.complaints.push_back(problem.to_text());
  out.may_mend = only_names_are_unknown(loaded.problems);
  if (!has_errors(loaded.problems)) out.policy = std::move(loaded.policy);
  return out;
}

/// Says in the log what is wrong with a policy that was read anew.
template <typename Policy>
void log_complaints(const PolicyFile<Policy>& file) {
  for (const std::string& complaint : file.complaints) {
    if (file.policy) log::warn("the policy is sound but for this", {{"problem", complaint}});
    if (!file.policy) log::error("policy kept out, going on as before", {{"problem", complaint}});
  }
}

}  // namespace alarum
