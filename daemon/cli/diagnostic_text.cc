#include "daemon/cli/diagnostic_text.h"

namespace alarum::cli {

std::string problems_text(std::span<const Diagnostic> problems) {
  std::string out;
  for (const Diagnostic& problem : problems) out.append(problem.to_text()).append("\n");
  return out;
}

void write_json(std::span<const Diagnostic> problems, JsonWriter& json) {
  json.begin_array();
  for (const Diagnostic& problem : problems) {
    json.begin_object().key("file").text(problem.file);
    json.key("line").number(problem.position.line).key("column").number(problem.position.column);
    json.key("severity").text(problem.severity == Severity::error ? "error" : "warning");
    json.key("reason").text(problem.reason).key("message").text(problem.message);
    json.key("hint").text(problem.hint).end_object();
  }
  json.end_array();
}

std::string rule_set_text(const sigma::RuleSet& rules) {
  std::string out = counted(rules.rules.size(), "rule") + " loaded from " + counted(rules.files, "file");
  if (rules.rejected_count() > 0) {
    out += ", " + with_separators(rules.rejected_count()) + " rejected (";
    std::string_view separator;
    for (const auto& [reason, count] : rules.rejected) {
      out.append(separator).append(with_separators(count)).append(" ").append(reason);
      separator = ", ";
    }
    out += ")";
  }
  if (rules.disabled > 0) out += ", " + with_separators(rules.disabled) + " disabled";
  if (rules.shadowed > 0) out += ", " + with_separators(rules.shadowed) + " shadowed";
  if (rules.skipped_documents > 0) {
    out += ", " + counted(rules.skipped_documents, "document") + " without a rule";
  }
  return out;
}

}  // namespace alarum::cli
