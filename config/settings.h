#pragma once

#include "config/section_value.h"

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// The values of a tree of options, each with where it comes from. Sources are read from the weakest to the
/// strongest; a later one wins, but for the entries of lists of sections, which add up. Every problem of a
/// source is reported, and what is broken in it has no effect. One thread.
class Settings {
 public:
  /// Starts with the defaults. `options` must outlive this.
  explicit Settings(const Section& options) : root_(options) {}
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  /// Takes what a YAML file says. Unknown keys are errors that name the nearest known one.
  void read_file(SourceFile file);

  /// Takes `ALARUM_SECTION__KEY=value`; a list is separated by commas. Other variables are ignored.
  void read_environment(std::span<const std::string> variables);

  /// Looks at everything together, once all is read.
  void check();

  /// A problem of a file as a whole, such as that it cannot be read.
  void refuse(const std::string& path, std::string_view reason, std::string message);

  /// The value at `path` is no good for a reason that only its reader can tell. A default always is good.
  void refuse_value(std::string_view path, const std::string& why,
                    std::string_view reason = "invalid_value") const;

  /// What is wrong so far, in the order of the sources; lines are shown without secrets.
  std::vector<Diagnostic> problems() const;

  /// What is in force, and by dotted path: a setting, and where it is written.
  const SectionValue& root() const { return root_; }
  const OptionValue& value(std::string_view path) const { return root_.value(path); }
  std::string origin(std::string_view path) const { return root_.at(path).origin.to_text(); }

 private:
  /// A file or variable, which origins refer to.
  struct Source {
    explicit Source(SourceFile from) : file(std::move(from)), diagnostics(file) {}
    SourceFile file;
    Diagnostics diagnostics;
  };

  std::deque<Source> sources_;
  SectionValue root_;
};

}  // namespace alarum
