#pragma once

#include "config/diagnostic.h"
#include "daemon/base/json_writer.h"
#include "daemon/cli/terminal.h"
#include "daemon/sigma/rule_set.h"

#include <span>
#include <string>

namespace alarum::cli {

/// The problems as people read them, each ending with a line break.
std::string problems_text(std::span<const Diagnostic> problems);

/// The problems as a JSON array of {file, line, column, severity, reason, message, hint}.
void write_json(std::span<const Diagnostic> problems, JsonWriter& json);

/// `3,755 rules loaded from 3,780 files, 25 rejected (25 placeholder)`.
std::string rule_set_text(const sigma::RuleSet& rules);

}  // namespace alarum::cli
