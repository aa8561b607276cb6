#include "daemon/base/printable.h"
#include "daemon/cli/command.h"
#include "daemon/cli/diagnostic_text.h"
#include "daemon/cli/explanation_text.h"
#include "daemon/cli/input.h"
#include "daemon/files/file_source.h"
#include "daemon/pipeline/plan.h"

#include <cstdio>
#include <filesystem>
#include <memory>

namespace alarum::cli {
namespace {

struct ExplainOptions {
  std::string rule;
  std::vector<std::string> rule_paths;
  std::string event_file;
  std::string log_source;
};

/// What one rule says to one event, or why the record is none.
struct Answer {
  const Record& record;
  std::optional<UndecodableReason> undecodable;
  bool is_for_rule = false;  // the event is of the rule's log source
  bool matches = false;
  sigma::Explanation explanation;
};

std::string log_source_text(const LogSource& source) {
  std::string out;
  for (const std::string* const part : {&source.product, &source.category, &source.service}) {
    if (!part->empty()) out.append(out.empty() ? "" : "/").append(*part);
  }
  return out;
}

void write_human(const Answer& answer, const sigma::Rule& rule, Output& output) {
  const Coordinates& at = answer.record.coordinates;
  const std::string place = printable(at.topic) + ":" + std::to_string(at.offset + 1);
  if (answer.undecodable) {
    return output.write(place + ": no event: " + std::string(reason_name(*answer.undecodable)) + "\n");
  }
  const bool fires = answer.matches && answer.is_for_rule;
  output.write(output.styled(Style::bold, place) + ": " +
               (fires ? output.styled(Style::green, "match") : output.styled(Style::red, "no match")) + "\n");
  output.write(std::string(answer.is_for_rule ? "  true    " : "  false   ") + "log source " +
               printable(log_source_text(rule.log_source)) + "\n");
  output.write(to_text(answer.explanation, {.only_true = false, .indent = 2}, output));
}

void write_json_line(const Answer& answer, const sigma::Rule& rule, Output& output) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("rule").text(rule.id);
  json.key("topic")
      .text(answer.record.coordinates.topic)
      .key("offset")
      .number(answer.record.coordinates.offset);
  if (answer.undecodable) {
    json.key("undecodable").text(reason_name(*answer.undecodable));
  } else {
    json.key("match").boolean(answer.matches && answer.is_for_rule);
    json.key("log_source").boolean(answer.is_for_rule).key("condition");
    write_json(answer.explanation, json);
  }
  json.end_object();
  output.write(out + "\n");
}

/// The rule that was meant: the only one of a file, or one by its id, name or title.
std::optional<sigma::Rule> find_rule(const ExplainOptions& options, LoadedRules& loaded) {
  auto& rules = loaded.set.rules;
  std::error_code error;
  if (std::filesystem::exists(options.rule, error)) {
    std::fputs(problems_text(loaded.set.diagnostics).c_str(), stderr);
    if (rules.size() == 1) return std::move(rules.front());
    complain("'" + options.rule + "' holds " + counted(rules.size(), "rule") +
             " that load; name one file with one rule, or an id");
    return std::nullopt;
  }
  for (sigma::Rule& rule : rules) {
    if (rule.id == options.rule || rule.title == options.rule ||
        (!rule.name.empty() && rule.name == options.rule))
      return std::move(rule);
  }
  complain("'" + options.rule + "' is neither a file nor the id, name or title of one of " +
           counted(rules.size(), "rule") + "; --rules says where rules are");
  return std::nullopt;
}

/// Rules for Windows are asked through the Windows router, others through their own log source.
Result<EventFormat> format_for(const sigma::Rule& rule, const ExplainOptions& options, FieldTable& fields) {
  if (!options.log_source.empty()) return make_event_format(options.log_source, fields);
  if (rule.log_source.product == "windows") return make_event_format("windows", fields);
  return make_fixed_format(rule.log_source);
}

Answer explain_record(const Record& record, const Plan& plan, EventDecoder& decoder) {
  const sigma::Rule& rule = plan.rules().front();
  Answer out{record, decoder.decode(record, std::nullopt), false, false, {}};
  if (out.undecodable) return out;
  Event& event = decoder.event();
  out.is_for_rule = plan.source().format().router().classes()[event.event_class()].satisfies(rule.log_source);
  out.explanation = sigma::explain(rule, event);
  out.matches = out.explanation.verdict == sigma::Verdict::yes;
  return out;
}

/// Explains the plan's only rule for every event of the file.
ExitCode explain_events(const GlobalOptions& global, const Plan& plan, const std::string& event_file) {
  Output output(global);
  EventDecoder decoder(plan.source().format(), plan.limits());
  FileSource source({event_file}, {.record_bytes_max = plan.limits().bytes_max});
  bool is_clean = true;
  for (auto batch = source.next(); !batch.empty(); batch = source.next()) {
    for (const Record& record : batch) {
      const Answer answer = explain_record(record, plan, decoder);
      is_clean = is_clean && !answer.undecodable;
      (global.is_json() ? write_json_line : write_human)(answer, plan.rules().front(), output);
    }
  }
  output.flush();
  for (const Error& problem : source.errors()) complain(problem.message);
  if (!output.ok()) return unreachable;
  return is_clean && source.errors().empty() ? done : broken_input;
}

ExitCode explain(const GlobalOptions& global, const ExplainOptions& options) {
  const auto config = read_config(global);
  if (!config) return broken_config;
  std::error_code error;
  const bool is_file = std::filesystem::exists(options.rule, error);
  auto loaded = read_rules(is_file ? std::vector<std::string>{options.rule} : options.rule_paths, *config);
  if (!loaded) return broken_input;
  auto rule = find_rule(options, *loaded);
  if (!rule) return broken_input;

  auto format = format_for(*rule, options, loaded->fields);
  if (!format) {
    complain(format.error().message);
    return wrong_usage;
  }
  std::vector<sigma::Rule> rules;
  rules.push_back(*std::move(rule));
  const auto plan = Plan::compile(std::move(rules), std::move(loaded->fields),
                                  SourceFormat{"replay", options.log_source, *std::move(format)},
                                  json_limits(*config));
  return explain_events(global, *plan, options.event_file);
}

}  // namespace

void add_rule_explain(CLI::App& app, const GlobalOptions& global, Action& action) {
  CLI::App* const verb =
      noun(app, "rule", "Detection rules")
          .add_subcommand("explain", "Print which parts of a rule are true for events, and why");
  verb->fallthrough();
  const auto options = std::make_shared<ExplainOptions>();
  verb->add_option("RULE", options->rule, "A rule file, or the id, name or title of a rule")->required();
  verb->add_option("--event", options->event_file, "File of events, or - for stdin")->required();
  verb->add_option("--rules", options->rule_paths, "Where rules are (default: the configuration's)");
  verb->add_option("--log-source", options->log_source,
                   "windows, or product=…,category=…,service=… (default: what the rule asks for)");
  verb->callback([&, options] { action = [&, options] { return explain(global, *options); }; });
}

}  // namespace alarum::cli
