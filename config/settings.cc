#include "config/settings.h"

#include "config/environment_variable.h"
#include "config/secret.h"
#include "config/section_check.h"
#include "config/section_reader.h"

#include <algorithm>

namespace alarum {

void Settings::read_file(SourceFile file) {
  Source& source = sources_.emplace_back(std::move(file));
  Diagnostics& diagnostics = source.diagnostics;
  const auto documents = parse_yaml(source.file, diagnostics);
  if (documents.size() > 1) {
    diagnostics.error(documents[1].root.start, "several_documents",
                      "a configuration file is one YAML document",
                      "put the second one into a file of its own below conf.d");
  }
  if (diagnostics.has_errors() || documents.empty()) return;
  const YamlNode& root = documents.front().root;
  if (!root.is_mapping()) {
    diagnostics.error(root.start, "invalid_value",
                      "a configuration is sections of keys, not " + std::string(root.kind_name()));
  }
  read_section(root, "", root_, diagnostics);
}

void Settings::read_environment(std::span<const std::string> variables) {
  for (const std::string& variable : variables) {
    const std::size_t name_size = std::min(variable.find('='), variable.size());
    const std::string name = variable.substr(0, name_size);
    if (!is_setting_variable(root_.section(), name)) continue;
    Source& source = sources_.emplace_back(SourceFile{"environment variable " + name, ""});
    const std::string text = variable.substr(std::min(name_size + 1, variable.size()));
    read_variable_into(root_, name, text, source.diagnostics);
  }
}

void Settings::check() { check_section(root_, ""); }

void Settings::refuse(const std::string& path, std::string_view reason, std::string message) {
  sources_.emplace_back(SourceFile{path, ""}).diagnostics.error({}, reason, std::move(message));
}

void Settings::refuse_value(std::string_view path, const std::string& why, std::string_view reason) const {
  const Origin& origin = root_.at(path).origin;
  if (!origin.is_default()) origin.source->error(origin.value, reason, "'" + std::string(path) + "': " + why);
}

std::vector<Diagnostic> Settings::problems() const {
  std::vector<Diagnostic> out;
  for (const Source& source : sources_) {
    for (Diagnostic item : source.diagnostics.items()) {
      item.source_line = without_secrets(std::move(item.source_line));
      out.push_back(std::move(item));
    }
  }
  return out;
}

}  // namespace alarum
