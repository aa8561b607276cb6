#pragma once

#include "config/guard_rails_config.h"
#include "config/playbook_config.h"
#include "config/settings.h"

#include <string>
#include <string_view>
#include <vector>

/// Playbooks and guard rails as they are written.
namespace alarum::test {

/// A configuration of nothing else.
inline const Section& playbook_options() {
  static const Section root = {.options = {playbooks_option(), guard_rails_option()}};
  return root;
}

/// One line for each problem: `2:3 reason: message (hint)`, behind `warning ` where it is one.
inline std::string told(const std::vector<Diagnostic>& problems) {
  std::string out;
  for (const Diagnostic& problem : problems) {
    if (problem.severity == Severity::warning) out += "warning ";
    out += std::to_string(problem.position.line) + ":" + std::to_string(problem.position.column) + " ";
    out.append(problem.reason).append(": ").append(problem.message);
    out += (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
  }
  return out;
}

/// A file of such a configuration.
class PlaybookFile {
 public:
  explicit PlaybookFile(std::string_view text) : settings_(playbook_options()) {
    settings_.read_file({"alarum.yaml", std::string(text)});
    settings_.check();
  }

  const SectionValue& root() const { return settings_.root(); }
  std::vector<Diagnostic> problems() const { return settings_.problems(); }
  std::vector<PlaybookConfig> playbooks() const { return playbook_configs(settings_.root()); }

 private:
  Settings settings_;
};

}  // namespace alarum::test
