#include "config/yaml_source.h"
#include "daemon/base/file.h"
#include "daemon/cli/command.h"
#include "daemon/cli/dead_letter_file.h"
#include "daemon/cli/diagnostic_text.h"
#include "daemon/cli/input.h"
#include "daemon/cli/replay_input.h"
#include "daemon/cli/replay_report.h"
#include "daemon/pipeline/lane.h"
#include "daemon/sigma/rule_parser.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <variant>

namespace alarum::cli {
namespace {

struct ReplayOptions {
  InputOptions input;
  std::vector<std::string> rule_paths;
  std::string dead_letter_path;  // empty: none is written
  bool summary = false;
  bool strict = false;
};

constexpr std::size_t problems_shown_max = 20;

/// Says which rules are out, without flooding the screen.
void report_rejected(const sigma::RuleSet& rules) {
  std::size_t shown = 0;
  for (const Diagnostic& problem : rules.diagnostics) {
    if (problem.severity != Severity::error) continue;
    if (shown++ < problems_shown_max) std::fprintf(stderr, "%s\n", problem.to_text().c_str());
  }
  if (shown > problems_shown_max) {
    std::fprintf(stderr, "… and %zu more problems: see alarum rule check\n", shown - problems_shown_max);
  }
}

/// Whether the file at `path` is meant to hold rules, be they bad ones. JSON lines are no YAML, so of a file
/// with broken YAML its name decides.
bool holds_rule(const std::string& path) {
  auto text = read_file(path, YamlLimits().bytes_max + 1);
  if (!text) return true;  // that it cannot be read was said
  const SourceFile file{path, *std::move(text)};
  Diagnostics diagnostics(file);
  const auto documents = parse_yaml(file, diagnostics);
  if (diagnostics.has_errors()) return path.ends_with(".yml") || path.ends_with(".yaml");
  return std::any_of(documents.begin(), documents.end(), [](const YamlDocument& document) {
    return sigma::document_kind(document.root) != sigma::DocumentKind::none;
  });
}

/// `--rules` takes every word up to the next option, so files of events that follow it would be read as rules
/// and not as events. A file that was named and holds no rule is such a word.
Status check_rule_files(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error) || holds_rule(path)) continue;
    return Error{ErrorCode::invalid, "'" + path + "' holds no rule; write -- before the files of events"};
  }
  return {};
}

/// The plan for a replay; nothing where it cannot be made, which is on stderr then.
std::shared_ptr<const Plan> make_plan(LoadedRules& loaded, const ReplayInput& input,
                                      const DaemonConfig& config) {
  auto format = make_event_format(input.log_source, loaded.fields);
  if (!format) {
    complain(format.error().message);
    return nullptr;
  }
  return Plan::compile(std::move(loaded.set.rules), std::move(loaded.fields),
                       SourceFormat{input.name, input.log_source, *std::move(format), input.lateness},
                       json_limits(config));
}

FileSource::Progress progress_of(const FileSource& source) { return source.progress(); }
FileSource::Progress progress_of(const TopicReader& source) { return {source.bytes_read(), 0}; }

Lane lane_of(const FileSource&, const std::shared_ptr<const Plan>& plan) { return Lane(plan); }
Lane lane_of(const TopicReader&, const std::shared_ptr<const Plan>& plan) {
  return {plan, plan->source(), UntimedEvents::stay_untimed};
}

template <class Source>
void run(Source& source, const std::shared_ptr<const Plan>& plan, DeadLetterFile* dead_letters,
         ReplayReport& report) {
  std::size_t member = 0;
  std::optional<Lane> lane;
  LaneOutput lane_output;
  for (auto records = source.next(); !records.empty(); records = source.next()) {
    if (member != source.member()) {  // a file or partition has a lane of its own
      member = source.member();
      lane.emplace(lane_of(source, plan));
    }
    lane->evaluate(records, lane_output);
    if (dead_letters != nullptr) dead_letters->write(lane_output.dead_letters);
    if (!report.take(records, lane_output, progress_of(source))) return;
  }
}

/// Replays the input through a plan and reports what came of it.
ExitCode replay_input(const GlobalOptions& global, const ReplayOptions& options, const ReplayInput& input,
                      const std::shared_ptr<const Plan>& plan, const std::string& rules_text) {
  std::optional<DeadLetterFile> dead_letters;
  if (!options.dead_letter_path.empty()) {
    auto created = DeadLetterFile::create(options.dead_letter_path);
    if (!created) {
      complain(created.error().message);
      return unreachable;
    }
    dead_letters.emplace(*std::move(created));
  }
  DeadLetterFile* const letters = dead_letters ? &*dead_letters : nullptr;
  Output output(global);
  const auto places = input.topics ? RecordPlaces::offsets : RecordPlaces::lines;
  ReplayReport report(*plan, global, {places, options.summary, input.log_source}, output);
  input.topics ? run(*input.topics, plan, letters, report) : run(*input.files, plan, letters, report);
  report.finish(rules_text);
  const auto& errors = input.topics ? input.topics->errors() : input.files->errors();
  for (const Error& problem : errors) complain(problem.message);
  const Status written = dead_letters ? dead_letters->finish() : Status();
  if (!written) complain(written.error().message);
  if (!output.ok() || !written || (input.topics && !errors.empty())) return unreachable;
  if (!errors.empty()) return broken_input;
  return options.strict && report.dead_letters() > 0 ? broken_input : done;
}

ExitCode replay(const GlobalOptions& global, const ReplayOptions& options) {
  if (const Status sound = check_input(options.input); !sound) {
    const Status rules = check_rule_files(options.rule_paths);  // they may have swallowed the files of events
    complain(rules ? sound.error().message : rules.error().message);
    return wrong_usage;
  }
  const auto config =
      read_config(global, is_configured_source(options.input) ? Secrets::read : Secrets::leave);
  if (!config) return broken_config;
  auto loaded = read_rules(options.rule_paths, *config);
  if (!loaded) return broken_input;
  if (const Status status = check_rule_files(options.rule_paths); !status) {
    complain(status.error().message);
    return wrong_usage;
  }
  const bool has_rejected = loaded->set.rejected_count() > 0;
  report_rejected(loaded->set);
  const std::string rules_text = rule_set_text(loaded->set);
  if (loaded->set.rules.empty()) {
    complain("no rule could be loaded (" + rules_text + ")" +
             (loaded->set.files == 0 ? "; --rules says where rules are" : ""));
    return broken_input;
  }
  auto opened = open_input(options.input, *config);
  if (const auto* failed = std::get_if<ExitCode>(&opened)) return *failed;
  const ReplayInput input = std::get<ReplayInput>(std::move(opened));
  const auto plan = make_plan(*loaded, input, *config);
  if (!plan) return wrong_usage;

  const ExitCode out = replay_input(global, options, input, plan, rules_text);
  return out == done && options.strict && has_rejected ? broken_input : out;
}

}  // namespace

void add_replay(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<ReplayOptions>();
  InputOptions& input = options->input;
  Verb verb = line.verb("replay", "Run rules over events of files or topics and print the alerts");
  verb.words("FILE", input.files,
             "JSON lines or pretty-printed objects; plain, compressed, in an archive, or - for stdin")
      .option("--source", input.source,
              "Topics instead of files, to their ends as of now: the name of a source of the configuration, "
              "or kafka://HOST:PORT/TOPIC?name=SOURCE")
      .option("--from", input.from,
              "Where to begin in each partition: earliest (the default), a time, or an offset")
      .option("--to", input.to, "Where to end in each partition: latest (the default), a time, or an offset")
      .words("--rules", options->rule_paths,
             "Rule files and folders, up to the next option or -- (default: the configuration's)")
      .option("--log-source", input.log_source,
              "windows, or product=…,category=…,service=… (default: the source's, else windows)")
      .flag("--summary", options->summary, "Print rule_id,matches as CSV instead of alerts")
      .option("--dead-letters", options->dead_letter_path,
              "Write the place and reason of every undecodable record to this file, as JSON lines")
      .flag("--strict", options->strict, "Rejected rules and undecodable records make the exit code 2");
  verb.runs([&global, options] { return replay(global, *options); },
            {"0 the input was read to its end, 2 no rule loaded, a file could not be read, or --strict;\n"
             "3 the configuration is broken, 4 output cannot be written, 64 wrong usage",
             "alarum replay --rules rules/ more.yml -- events.jsonl logs.zip\n"
             "  (-- ends the rules and begins the files of events)"});
}

}  // namespace alarum::cli
