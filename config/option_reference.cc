#include "config/option_reference.h"

#include "config/section_reader.h"
#include "config/yaml_writer.h"

#include <algorithm>

namespace alarum {
namespace {

using Type = Option::Type;

/// The default, or an example where there is none.
std::string value_text(const Option& option) {
  if (option.default_value.empty() && !option.example.empty()) return std::string(option.example);
  if (is_list(option)) return yaml_list(option.default_value);
  return yaml_scalar(option.default_value.front());
}

std::string default_text(const Option& option) {
  if (option.is_required) return "required";
  if (option.default_value.empty() && !option.example.empty()) return "none";
  return "`" + value_text(option) + "`";
}

std::string help_text(const Option& option) {
  std::string out(option.help);
  for (std::size_t i = 0; i < option.kinds.size(); ++i) {
    const bool is_last = i + 1 == option.kinds.size();
    out.append(i == 0 ? " Only with kind " : is_last ? " or " : ", ").append(option.kinds[i]);
    if (is_last) out.append(".");
  }
  return out;
}

/// What the example of a section says its kind is.
std::string_view example_kind(const Section& section) {
  for (const Option& option : section.options) {
    if (option.name == "kind") return option.example;
  }
  return {};
}

/// Writes options as lines of a comment.
class CommentedFile {
 public:
  /// The options of a section, each line behind `lead`. In an `example` those that it needs are not commented
  /// out again. With `bullet` the first one begins an entry of a list.
  void add(const Section& section, const std::string& lead, bool is_example, bool has_bullet) {
    const std::string_view kind = example_kind(section);
    for (const Option& option : section.options) {
      const bool goes_with_kind = option.kinds.empty() || std::find(option.kinds.begin(), option.kinds.end(),
                                                                    kind) != option.kinds.end();
      const bool is_needed = is_example && option.is_required && goes_with_kind;
      const bool is_first = has_bullet && &option == &section.options.front();
      add_option(option, lead, is_needed, is_first ? "- " : has_bullet ? "  " : "");
    }
  }

  std::string text;

 private:
  void add_option(const Option& option, const std::string& lead, bool is_needed, const std::string& bullet) {
    const bool has_keys = option.section != nullptr;
    const std::string indent = bullet == "- " ? "  " : bullet;
    text.append(lead).append(indent).append("# ").append(help_text(option));
    text.append(has_keys ? "" : " Takes " + expectation(option) + ".").append("\n");
    text.append(lead).append(bullet).append(is_needed ? "" : "# ").append(option.name);
    if (!has_keys) {
      text.append(": ").append(value_text(option)).append("\n");
      return;
    }
    text.append(":\n");
    const std::string inner = lead + indent + (is_needed ? "  " : "#   ");
    add(*option.section, inner, true, is_section_list(option));
  }
};

void add_rows(const Section& section, const std::string& path, std::string& out) {
  for (const Option& option : section.options) {
    const std::string name = path_of(path, option.name);
    if (option.section != nullptr) {
      add_rows(*option.section, is_section_list(option) ? name + "[]" : name, out);
      continue;
    }
    out.append("| `").append(name).append("` | ").append(expectation(option)).append(" | ");
    out.append(default_text(option)).append(" | ").append(help_text(option)).append(" |\n");
  }
}

}  // namespace

std::string default_file(const Section& root, std::string_view heading) {
  CommentedFile out;
  out.text = heading;
  for (const Option& option : root.options) {
    out.text.append("\n");
    if (option.type == Type::section) {
      out.text.append(option.name).append(":\n");
      out.add(*option.section, "  ", false, false);
    } else {
      Section single;
      single.options = {option};
      out.add(single, "", false, false);
    }
  }
  return out.text;
}

std::string option_table(const Section& root) {
  std::string out = "| option | takes | default | meaning |\n|---|---|---|---|\n";
  add_rows(root, "", out);
  return out;
}

}  // namespace alarum
