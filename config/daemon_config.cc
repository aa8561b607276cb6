#include "config/daemon_config.h"

#include "config/log_options.h"
#include "config/yaml_source.h"
#include "daemon/base/file.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace alarum {
namespace {

namespace filesystem = std::filesystem;

using Type = Option::Type;

const Section& rules_section() {
  static const Section section = {
      .options = {
          {.name = "paths",
           .type = Type::text_list,
           .default_value = {"/etc/alarum/rules", "/usr/share/alarum/rules"},
           .help =
               "Files and folders to load rules from. A rule of an earlier path replaces one of a later path "
               "with the same id."},
          {.name = "disable",
           .type = Type::text_list,
           .default_value = {},
           .help = "Ids of rules that are not to be loaded."},
      }};
  return section;
}

const Section& records_section() {
  static const Section section = {
      .options = {
          {.name = "bytes_max",
           .type = Type::size,
           .default_value = {"2MiB"},
           .min = 1 << 10,
           .max = 256 << 20,
           .help = "Longer records become dead letters (reason too_large)."},
          {.name = "depth_max",
           .type = Type::count,
           .default_value = {"100"},
           .min = 1,
           .max = 1000,
           .help = "Records with brackets nested deeper than this become dead letters (reason too_deep)."},
          {.name = "values_max",
           .type = Type::count,
           .default_value = {"10000"},
           .min = 1,
           .max = 1'000'000,
           .help = "Records with more values than this, those of arrays counted one by one, become dead "
                   "letters (reason too_many_values)."},
      }};
  return section;
}

const Section& state_section() {
  static const Section section = {
      .options = {
          {.name = "path",
           .type = Type::text,
           .default_value = {"/var/lib/alarum/state"},
           .help = "The folder of what survives a crash. One daemon at a time."},
          {.name = "commit_interval",
           .type = Type::duration,
           .default_value = {"150ms"},
           .min = Duration(std::chrono::milliseconds(10)).count(),
           .max = Duration(std::chrono::seconds(10)).count(),
           .help = "How often progress is written. An alert leaves after that, and not before."},
          {.name = "commit_records_max",
           .type = Type::count,
           .default_value = {"20000"},
           .min = 1,
           .max = 10'000'000,
           .help = "Progress is written earlier when this many records are evaluated."},
          {.name = "outbox_max",
           .type = Type::count,
           .default_value = {"100000"},
           .min = 1,
           .max = 100'000'000,
           .help = "With this many alerts and dead letters undelivered no more records are read."},
      }};
  return section;
}

const Section& ledger_section() {
  static const Section section = {
      .options = {{.name = "path",
                   .type = Type::text,
                   .default_value = {"/var/lib/alarum/ledger.db"},
                   .help =
                       "The file of incidents, their alerts and journal: a SQLite database. Its folder has "
                       "to be there."}}};
  return section;
}

const Section& incidents_section() {
  static const Section section = {
      .options = {
          {.name = "within",
           .type = Type::duration,
           .default_value = {"1h"},
           .min = Duration(std::chrono::seconds(1)).count(),
           .max = Duration(std::chrono::hours(24 * 30)).count(),
           .help =
               "Alerts that share an entity belong together when no more event time than this lies between "
               "them."},
          {.name = "entity_types",
           .type = Type::text_list,
           .default_value = {"host.name", "user.name", "source.ip"},
           .help = "The types of entities that join alerts. Alerts without any of them are joined by their "
                   "rule."},
          {.name = "shared_values",
           .type = Type::text_list,
           .default_value = {"-", "root", "nobody", "SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE",
                             "ANONYMOUS LOGON", "NT AUTHORITY\\SYSTEM", "NT AUTHORITY\\LOCAL SERVICE",
                             "NT AUTHORITY\\NETWORK SERVICE", "NT AUTHORITY\\ANONYMOUS LOGON", "S-1-5-7",
                             "S-1-5-18", "S-1-5-19", "S-1-5-20", "localhost"},
           .help =
               "Entities that every host has, and that join nothing therefore; upper and lower case are the "
               "same. Loopback and unspecified addresses never join anything."},
      }};
  return section;
}

const Section& http_section() {
  static const Section section = {
      .options = {{.name = "listen",
                   .type = Type::address,
                   .default_value = {"127.0.0.1:9464"},
                   .help =
                       "Where /metrics, /healthz and /readyz answer, to everybody who can connect. Port 0 "
                       "is any free one."}}};
  return section;
}

const Section& control_section() {
  static const Section section = {
      .options = {
          {.name = "socket",
           .type = Type::text,
           .default_value = {"/run/alarum/control.sock"},
           .help = "The Unix socket on which the tool asks the daemon."},
          {.name = "analyst_group",
           .type = Type::text,
           .example = "soc",
           .help = "The group whose members may change incidents, blocks and exemptions, beside root and the "
                   "daemon's own user. Without it nobody else may. To be heard at all they have to be in the "
                   "daemon's group too."},
      }};
  return section;
}

DaemonConfig config_of(const Settings& settings, const SecretFiles& secrets) {
  const auto size_of = [&](std::string_view name) {
    return static_cast<std::size_t>(settings.value(name).number);
  };
  DaemonConfig out;
  out.sources = source_configs(settings.root(), secrets);
  out.responders = responder_configs(settings.root(), secrets, out.sources);
  out.dead_letter = dead_letter_config(settings.root(), secrets, out.sources);
  out.rules.paths = settings.value("rules.paths").texts;
  out.rules.disable = settings.value("rules.disable").texts;
  out.records.bytes_max = size_of("records.bytes_max");
  out.records.depth_max = size_of("records.depth_max");
  out.records.values_max = size_of("records.values_max");
  out.state.path = settings.value("state.path").text();
  out.state.commit_interval = Duration(settings.value("state.commit_interval").number);
  out.state.commit_records_max = size_of("state.commit_records_max");
  out.state.outbox_max = size_of("state.outbox_max");
  out.ledger.path = settings.value("ledger.path").text();
  out.incidents.within = Duration(settings.value("incidents.within").number);
  out.incidents.entity_types = settings.value("incidents.entity_types").texts;
  out.incidents.shared_values = settings.value("incidents.shared_values").texts;
  out.playbooks = playbook_configs(settings.root());
  out.guard_rails = guard_rails_config(settings.root());
  out.http.listen = parse_address(settings.value("http.listen").text()).value_or(Address());
  out.control.socket = settings.value("control.socket").text();
  out.control.analyst_group = settings.value("control.analyst_group").text();
  out.workers = size_of("workers");
  out.log_level = settings.value("log.level").text();
  return out;
}

/// The main file, and the files of conf.d beside it.
std::vector<std::string> files_of(const std::string& path, Settings& settings) {
  const std::string main_file = path.empty() ? std::string(default_config_path) : path;
  std::vector<std::string> out;
  std::error_code error;
  if (!path.empty() || filesystem::exists(main_file, error)) out.push_back(main_file);

  const filesystem::path folder = filesystem::path(main_file).parent_path() / "conf.d";
  if (!filesystem::is_directory(folder, error)) return out;
  auto more = list_files(folder.string(), Depth::folder);
  if (!more) {
    settings.refuse(folder.string(), "unreadable", more.error().message);
    return out;
  }
  std::copy_if(more->begin(), more->end(), std::back_inserter(out),
               [](const std::string& file) { return file.ends_with(".yaml"); });
  return out;
}

}  // namespace

DaemonOptions::DaemonOptions(std::span<const KindOptions> kinds)
    : kinds_help_(responder_kinds_help(kinds)), responder_(responder_section(kinds, kinds_help_)) {
  root_ = {
      .options = {
          {.name = "sources",
           .type = Type::section_list,
           .section = &source_section(),
           .help = "Where records come from. Entries of several files add up."},
          {.name = "rules", .type = Type::section, .section = &rules_section(), .help = "The rules."},
          {.name = "records",
           .type = Type::section,
           .section = &records_section(),
           .help = "What a record may be at most."},
          {.name = "responders",
           .type = Type::section_list,
           .section = &responder_,
           .help = "Where alerts go, and what is done about incidents. Entries of several files add up."},
          {.name = "dead_letter",
           .type = Type::section,
           .section = &dead_letter_section(),
           .help = "Where records go that cannot be evaluated."},
          {.name = "state", .type = Type::section, .section = &state_section(), .help = "The state."},
          {.name = "ledger", .type = Type::section, .section = &ledger_section(), .help = "The ledger."},
          {.name = "incidents",
           .type = Type::section,
           .section = &incidents_section(),
           .help = "Which alerts are one incident."},
          playbooks_option(),
          guard_rails_option(),
          {.name = "http", .type = Type::section, .section = &http_section(), .help = "Metrics and health."},
          {.name = "control", .type = Type::section, .section = &control_section(), .help = "The tool."},
          {.name = "workers",
           .type = Type::count,
           .default_value = {"0"},
           .min = 0,
           .max = 256,
           .help = "Threads that evaluate records; 0 is one for each core."},
          {.name = "log", .type = Type::section, .section = &log_options(), .help = "The log."},
      }};
}

std::vector<std::string> existing_rule_paths(const RulesConfig& rules) {
  const auto& defaults = option_at(rules_section(), "paths").default_value;
  std::vector<std::string> out;
  for (const std::string& path : rules.paths) {
    const bool is_default = std::find(defaults.begin(), defaults.end(), path) != defaults.end();
    std::error_code error;
    if (!is_default || filesystem::exists(path, error)) out.push_back(path);
  }
  return out;
}

LoadedConfig load_config(const std::string& path, std::span<const std::string> environment,
                         const DaemonOptions& options, Secrets secrets) {
  LoadedConfig out;
  const auto written = std::make_shared<Settings>(options.root());
  Settings& settings = *written;
  for (const std::string& name : files_of(path, settings)) {
    auto text = read_file(name, YamlLimits().bytes_max + 1);
    if (!text) {
      settings.refuse(name, "unreadable", text.error().message);
      continue;
    }
    out.files.push_back(name);
    settings.read_file({name, *std::move(text)});
  }
  settings.read_environment(environment);
  settings.check();
  out.secrets = std::make_shared<const SecretFiles>(secrets, environment);
  out.config = config_of(settings, *out.secrets);
  out.problems = settings.problems();
  out.settings = written;
  return out;
}

}  // namespace alarum
