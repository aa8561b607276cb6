#include "config/daemon_config.h"

#include "config/settings.h"
#include "daemon/base/file.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace alarum {
namespace {

namespace filesystem = std::filesystem;

const std::vector<Option>& all_options() {
  using Type = Option::Type;
  static const std::vector<Option> options = {
      {.name = "rules.paths",
       .type = Type::text_list,
       .default_value = {"/etc/alarum/rules", "/usr/share/alarum/rules"},
       .help = "Files and folders to load rules from. Of two rules with the same id the first one counts."},
      {.name = "rules.disable",
       .type = Type::text_list,
       .default_value = {},
       .help = "Ids of rules that are not to be loaded."},
      {.name = "records.bytes_max",
       .type = Type::size,
       .default_value = {"8MiB"},
       .min = 1 << 10,
       .max = 256 << 20,
       .help = "Longer records become dead letters (reason too_large)."},
      {.name = "records.depth_max",
       .type = Type::count,
       .default_value = {"100"},
       .min = 1,
       .max = 1000,
       .help = "Records with brackets nested deeper than this become dead letters (reason too_deep)."},
      {.name = "log.level",
       .type = Type::word,
       .default_value = {"info"},
       .words = {"debug", "info", "warn", "error"},
       .help = "How much is written to the log on stderr."},
  };
  return options;
}

DaemonConfig config_of(const Settings& settings) {
  const auto size_of = [&](std::string_view name) {
    return static_cast<std::size_t>(settings.value(name).number);
  };
  DaemonConfig out;
  out.rules.paths = settings.value("rules.paths").texts;
  out.rules.disable = settings.value("rules.disable").texts;
  out.records.bytes_max = size_of("records.bytes_max");
  out.records.depth_max = size_of("records.depth_max");
  out.log_level = settings.value("log.level").texts.front();
  return out;
}

Diagnostic unreadable(const std::string& path, std::string message) {
  return {Severity::error, path, {}, "unreadable", std::move(message), "", ""};
}

/// The main file, and the files of conf.d beside it.
std::vector<std::string> files_of(const std::string& path, std::vector<Diagnostic>& problems) {
  const std::string main_file = path.empty() ? std::string(default_config_path) : path;
  std::vector<std::string> out;
  std::error_code error;
  if (!path.empty() || filesystem::exists(main_file, error)) out.push_back(main_file);

  const filesystem::path folder = filesystem::path(main_file).parent_path() / "conf.d";
  if (!filesystem::is_directory(folder, error)) return out;
  auto more = list_files(folder.string(), Depth::folder);
  if (!more) {
    problems.push_back(unreadable(folder.string(), more.error().message));
    return out;
  }
  std::copy_if(more->begin(), more->end(), std::back_inserter(out),
               [](const std::string& file) { return file.ends_with(".yaml"); });
  return out;
}

}  // namespace

std::span<const Option> daemon_options() { return all_options(); }

LoadedConfig load_config(const std::string& path, std::span<const std::string> environment) {
  LoadedConfig out;
  Settings settings(daemon_options());
  for (const std::string& name : files_of(path, out.problems)) {
    auto text = read_file(name, YamlLimits().bytes_max + 1);
    if (!text) {
      out.problems.push_back(unreadable(name, text.error().message));
      continue;
    }
    out.files.push_back(name);
    settings.read_file({name, *std::move(text)}, out.problems);
  }
  settings.read_environment(environment, out.problems);
  out.config = config_of(settings);
  return out;
}

}  // namespace alarum
