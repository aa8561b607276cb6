#pragma once

#include "config/diagnostic.h"
#include "daemon/base/result.h"
#include "daemon/sigma/rule.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::sigma {

/// A document or file that was meant to hold a rule and does not: rejected, unreadable, or without a
/// detection.
struct LeftOut {
  std::string file;
  std::string name;    ///< the rule's id, else its title; empty for the whole file
  Diagnostic problem;  ///< its first
};

/// Every rule of some files and folders, and what was wrong with the others. A bad rule is rejected alone.
struct RuleSet {
  std::vector<Rule> rules;                           ///< in the order of paths, files (lexical) and documents
  std::vector<Diagnostic> diagnostics;               ///< of all files, in the same order; warnings too
  std::size_t files = 0;                             ///< YAML files read
  std::size_t skipped_documents = 0;                 ///< YAML that is no rule
  std::size_t disabled = 0;                          ///< left out because the configuration says so
  std::size_t shadowed = 0;                          ///< left out for one of an earlier path with its id
  std::vector<std::string> unknown_disabled;         ///< ids that were to be left out and that no rule has
  std::map<std::string_view, std::size_t> rejected;  ///< rules by the reason of their first error
  std::vector<LeftOut> left_out;                     ///< in the order of the diagnostics

  /// Rules that were rejected, for whatever reason.
  std::size_t rejected_count() const;
};

/// Reads the rules at `paths`: files as they are named, folders with every `.yml` and `.yaml` in them; each
/// file once. Of two rules with the same id the first wins: the second is rejected, or, where it comes from a
/// later path, shadowed, so that one's own rules replace those of a package. Rules whose id is in `disabled`
/// are left out, be they sound or not. An error only where a path does not exist. `fields` gains every field
/// that is named.
Result<RuleSet> load_rules(std::span<const std::string> paths, std::span<const std::string> disabled,
                           FieldTable& fields);

}  // namespace alarum::sigma
