#include "daemon/cli/command.h"
#include "daemon/cli/diagnostic_text.h"
#include "daemon/cli/input.h"

#include <cstdio>
#include <memory>

namespace alarum::cli {
namespace {

std::string json_text(const sigma::RuleSet& rules) {
  std::string out;
  JsonWriter json(out);
  const auto count = [](std::size_t number) { return static_cast<std::int64_t>(number); };
  json.begin_object().key("files").number(count(rules.files)).key("rules").number(count(rules.rules.size()));
  json.key("rejected").begin_object();
  for (const auto& [reason, number] : rules.rejected) json.key(reason).number(count(number));
  json.end_object().key("disabled").number(count(rules.disabled));
  json.key("shadowed").number(count(rules.shadowed));
  json.key("skipped_documents").number(count(rules.skipped_documents)).key("problems");
  write_json(rules.diagnostics, json);
  json.end_object();
  return out + "\n";
}

ExitCode check(const GlobalOptions& global, const std::vector<std::string>& paths) {
  const auto config = read_config(global);
  if (!config) return broken_config;
  const auto loaded = read_rules(paths, *config);
  if (!loaded) return broken_input;

  Output output(global);
  output.write(global.is_json() ? json_text(loaded->set) : problems_text(loaded->set.diagnostics));
  output.flush();
  if (!global.quiet) std::fprintf(stderr, "%s\n", rule_set_text(loaded->set).c_str());
  if (!output.ok()) return unreachable;
  if (loaded->set.files == 0)
    complain("no file of rules was found: name files and folders, or set rules.paths in the configuration");
  if (loaded->set.rejected_count() > 0 || loaded->set.rules.empty()) return broken_input;
  return loaded->set.diagnostics.empty() ? done : findings;
}

}  // namespace

void add_rule_check(CommandLine& line, const GlobalOptions& global) {
  const auto paths = std::make_shared<std::vector<std::string>>();
  Verb verb = line.verb("rule", "check", "Print every problem of every rule");
  verb.words("PATH", *paths, "Rule files and folders (default: those of the configuration)");
  verb.runs([&global, paths] { return check(global, *paths); },
            {"0 sound, 1 warnings, 2 a rule is rejected or none loaded, 3 the configuration is broken,\n"
             "4 output cannot be written, 64 wrong usage",
             "alarum rule check rules/"});
}

}  // namespace alarum::cli
