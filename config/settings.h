#pragma once

#include "config/diagnostic.h"
#include "config/option.h"
#include "config/yaml_source.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// The values of a set of options, each with where it comes from. Sources are read from the weakest to the
/// strongest; a later one wins. Every problem of a source is reported, and what is broken in it has no
/// effect.
class Settings {
 public:
  /// Starts with the defaults. `options` must outlive this.
  explicit Settings(std::span<const Option> options);

  /// Takes what a YAML file says: sections of keys. Unknown keys are errors that name the nearest known one.
  void read_file(const SourceFile& file, std::vector<Diagnostic>& problems);

  /// Takes `ALARUM_SECTION__KEY=value`; a list is separated by commas. Other variables are ignored.
  void read_environment(std::span<const std::string> variables, std::vector<Diagnostic>& problems);

  const OptionValue& value(std::string_view name) const;
  /// `default`, `file:line:column`, or the name of an environment variable.
  const std::string& origin(std::string_view name) const;

 private:
  struct Entry {
    const Option* option;
    OptionValue value;
    std::string origin;
  };

  void read_section(const YamlMember& section, Diagnostics& diagnostics);
  void read_member(const std::string& name, const YamlMember& member, Diagnostics& diagnostics);
  void read_variable(const std::string& variable, std::vector<Diagnostic>& problems);
  std::vector<std::string_view> names_below(std::string_view section) const;
  std::vector<std::string_view> sections() const;

  std::map<std::string_view, Entry> entries_;
};

}  // namespace alarum
