#include "daemon/base/printable.h"
#include "daemon/cli/command.h"
#include "daemon/cli/diagnostic_text.h"
#include "daemon/cli/explanation_text.h"
#include "daemon/cli/input.h"
#include "daemon/cli/seen_log_source.h"
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
  SeenLogSource log_source;
  bool matches = false;
  sigma::Explanation explanation;
};

void write_human(const Answer& answer, Output& output) {
  const Coordinates& at = answer.record.coordinates;
  const std::string place = printable(at.topic) + ":" + std::to_string(at.offset + 1);
  if (answer.undecodable) {
    return output.write(place + ": no event: " + std::string(reason_name(*answer.undecodable)) + "\n");
  }
  const bool fires = answer.matches && answer.log_source.is_for_rule;
  output.write(output.styled(Style::bold, place) + ": " +
               (fires ? output.styled(Style::green, "match") : output.styled(Style::red, "no match")) + "\n");
  const ExplanationStyle style = {.only_true = false, .indent = 2};
  output.write(to_text(answer.log_source, style, output));
  output.write(to_text(answer.explanation, style, output));
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
    json.key("match").boolean(answer.matches && answer.log_source.is_for_rule);
    json.key("log_source").boolean(answer.log_source.is_for_rule).key("event_log_source");
    write_json(answer.log_source.seen, json);
    json.key("condition");
    write_json(answer.explanation, json);
  }
  json.end_object();
  output.write(out + "\n");
}

/// The only one of `found`; complains where there are none or several. `rules_count`: of all.
std::optional<sigma::Rule> only_one(const std::string& wanted, const std::vector<sigma::Rule*>& found,
                                    std::size_t rules_count) {
  constexpr std::size_t ids_shown_max = 5;
  if (found.size() == 1) return std::move(*found.front());
  if (found.empty()) {
    complain("'" + wanted + "' is neither a file nor the id, name or title of one of " +
             counted(rules_count, "rule") + "; --rules says where rules are");
    return std::nullopt;
  }
  std::string ids;
  for (std::size_t i = 0; i < found.size() && i < ids_shown_max; ++i)
    ids += (i == 0 ? "" : ", ") + found[i]->id;
  complain("'" + wanted + "' is the name or title of " + counted(found.size(), "rule") +
           "; name one by its id: " + ids + (found.size() > ids_shown_max ? ", …" : ""));
  return std::nullopt;
}

/// The rule that was meant: the only one of a file, or one by its id, or else the only one of a name or
/// title.
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
  std::vector<sigma::Rule*> found;
  for (sigma::Rule& rule : rules) {
    if (rule.id == options.rule) return std::move(rule);
    if (rule.title == options.rule || (!rule.name.empty() && rule.name == options.rule))
      found.push_back(&rule);
  }
  return only_one(options.rule, found, rules.size());
}

/// Rules for Windows are asked through the Windows router, others through their own log source.
Result<EventFormat> format_for(const sigma::Rule& rule, const ExplainOptions& options, FieldTable& fields) {
  if (!options.log_source.empty()) return make_event_format(options.log_source, fields);
  if (rule.log_source.product == "windows") return make_event_format("windows", fields);
  return make_fixed_format(rule.log_source);
}

Answer explain_record(const Record& record, const Plan& plan, FieldId channel, EventDecoder& decoder) {
  const sigma::Rule& rule = plan.rules().front();
  Answer out{record, decoder.decode(record, std::nullopt), {}, false, {}};
  if (out.undecodable) return out;
  Event& event = decoder.event();
  out.log_source = see_log_source(rule.log_source, plan.source().format().router(), event, channel);
  out.explanation = sigma::explain(rule, event);
  out.matches = out.explanation.verdict == sigma::Verdict::yes;
  return out;
}

/// Explains the plan's only rule for every event of the file.
ExitCode explain_events(const GlobalOptions& global, const Plan& plan, FieldId channel,
                        const std::string& event_file) {
  Output output(global);
  EventDecoder decoder(plan.source().format(), plan.limits());
  FileSource source({event_file}, {.record_bytes_max = plan.limits().bytes_max});
  bool is_clean = true;
  bool is_empty = true;
  for (auto batch = source.next(); !batch.empty(); batch = source.next()) {
    for (const Record& record : batch) {
      const Answer answer = explain_record(record, plan, channel, decoder);
      is_empty = false;
      is_clean = is_clean && !answer.undecodable;
      if (global.is_json()) {
        write_json_line(answer, plan.rules().front(), output);
      } else {
        write_human(answer, output);
      }
    }
  }
  output.flush();
  for (const Error& problem : source.errors()) complain(problem.message);
  if (!output.ok()) return unreachable;
  if (is_empty && source.errors().empty()) complain("there is no event in '" + event_file + "'");
  return is_clean && !is_empty && source.errors().empty() ? done : broken_input;
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
  const FieldId channel = loaded->fields.intern("Channel");
  std::vector<sigma::Rule> rules;
  rules.push_back(*std::move(rule));
  const auto plan =
      Plan::compile(std::move(rules), std::move(loaded->fields),
                    SourceFormat{"replay", options.log_source, *std::move(format)}, json_limits(*config));
  return explain_events(global, *plan, channel, options.event_file);
}

}  // namespace

void add_rule_explain(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<ExplainOptions>();
  Verb verb = line.verb("rule", "explain", "Print which parts of a rule are true for events, and why");
  verb.required("RULE", options->rule, "A rule file, or the id, name or title of a rule")
      .required("--event", options->event_file, "File of events, or - for stdin")
      .words("--rules", options->rule_paths, "Where rules are (default: the configuration's)")
      .option("--log-source", options->log_source,
              "windows, or product=…,category=…,service=… (default: what the rule asks for)");
  verb.runs([&global, options] { return explain(global, *options); },
            {"0 explained, 2 the rule or an event cannot be read, 3 the configuration is broken,\n"
             "4 output cannot be written, 64 wrong usage",
             "alarum rule explain rule.yml --event event.json"});
}

}  // namespace alarum::cli
