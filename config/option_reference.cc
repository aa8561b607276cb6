#include "config/option_reference.h"

#include "config/yaml_writer.h"

namespace alarum {
namespace {

std::string default_text(const Option& option) {
  if (option.type == Option::Type::text_list) return yaml_list(option.default_value);
  return yaml_scalar(option.default_value.front());
}

}  // namespace

std::string default_file(std::span<const Option> options) {
  std::string out =
      "# Alarum's configuration. Every option is here, commented out, at its default.\n"
      "# Files conf.d/*.yaml beside this one are read after it; ALARUM_SECTION__KEY in the environment "
      "wins.\n";
  std::string_view section;
  for (const Option& option : options) {
    const std::size_t point = option.name.find('.');
    if (section != option.name.substr(0, point)) {
      section = option.name.substr(0, point);
      out.append("\n").append(section).append(":\n");
    }
    out.append("  # ").append(option.help).append(" Takes ").append(expectation(option)).append(".\n");
    out.append("  # ")
        .append(option.name.substr(point + 1))
        .append(": ")
        .append(default_text(option))
        .append("\n");
  }
  return out;
}

std::string option_table(std::span<const Option> options) {
  std::string out = "| option | takes | default | meaning |\n|---|---|---|---|\n";
  for (const Option& option : options) {
    out.append("| `").append(option.name).append("` | ").append(expectation(option)).append(" | `");
    out.append(default_text(option)).append("` | ").append(option.help).append(" |\n");
  }
  return out;
}

}  // namespace alarum
