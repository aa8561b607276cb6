#pragma once

#include "config/diagnostic.h"
#include "config/option.h"

#include <string>
#include <string_view>
#include <vector>

/// What the tree of options is set to: for each section its settings, for each setting where it was made.
namespace alarum {

struct Setting;

/// Where a setting was made: the place of its key and of its value in a file, or an environment variable.
struct Origin {
  Diagnostics* source = nullptr;  ///< takes what is wrong with the setting; null for a default
  Position key;
  Position value;

  /// Whether nobody wrote the setting.
  bool is_default() const { return source == nullptr; }
  /// `default`, `file:line:column`, or the name of an environment variable.
  std::string to_text() const;
};

/// The settings of one section, with defaults where nobody made one. One thread.
class SectionValue {
 public:
  /// Starts with the defaults. `section` must outlive this.
  explicit SectionValue(const Section& section);

  /// What may stand in the section.
  const Section& section() const { return *section_; }
  /// Where the section is written; a default where it is not.
  const Origin& origin() const { return origin_; }
  void set_origin(const Origin& origin) { origin_ = origin; }

  /// The setting of the option `key`; null where none is described.
  Setting* find(std::string_view key);
  const Setting* find(std::string_view key) const;
  /// The setting that `path` names (`state.path`), which has to be described.
  const Setting& at(std::string_view path) const;
  const OptionValue& value(std::string_view path) const;
  /// The section that `path` names.
  const SectionValue& section_at(std::string_view path) const;

  /// Its settings, one for each option, in the order of the section.
  std::vector<Setting>& settings() { return settings_; }
  const std::vector<Setting>& settings() const { return settings_; }

 private:
  const Section* section_;
  std::vector<Setting> settings_;
  Origin origin_;
};

/// What one option is set to.
struct Setting {
  const Option* option = nullptr;
  OptionValue value;
  std::vector<SectionValue> sections;  ///< the one of a section, or the entries of a list of them
  Origin origin;
  bool was_refused = false;  ///< somebody tried to set it
};

}  // namespace alarum
