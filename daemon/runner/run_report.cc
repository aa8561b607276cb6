#include "daemon/runner/run_report.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace alarum::runner {
namespace {

constexpr std::array<std::pair<std::string_view, Outcome>, 5> outcomes = {
    {{"exited", Outcome::exited},
     {"signaled", Outcome::signaled},
     {"timeout", Outcome::timeout},
     {"stopped", Outcome::stopped},
     {"not_started", Outcome::not_started}}};
constexpr std::uint64_t code_max = 65535;
constexpr std::uint64_t signal_max = 64;
constexpr std::uint64_t count_max = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t line_size_max = 512;  // words with the longest numbers have 300 bytes

Result<Outcome> outcome_named(std::string_view name) {
  const auto* const found =
      std::find_if(outcomes.begin(), outcomes.end(), [&](const auto& known) { return known.first == name; });
  if (found == outcomes.end()) return Error{ErrorCode::invalid, "'outcome' is none that there is"};
  return found->second;
}

std::string_view name_of(Outcome outcome) {
  return std::find_if(outcomes.begin(), outcomes.end(),
                      [&](const auto& known) { return known.second == outcome; })
      ->first;
}

void add(std::string& out, std::string_view key, std::uint64_t value) {
  out.append(" ").append(key).append("=").append(std::to_string(value));
}

}  // namespace

RunReport without_output(RunReport report) {
  report.output_lost += report.output.size();
  report.error_lost += report.error.size();
  report.output.clear();
  report.error.clear();
  return report;
}

std::string report_words(const RunReport& report) {
  std::string out = " outcome=" + std::string(name_of(report.outcome));
  add(out, "code", report.code);
  add(out, "signal", report.signal);
  add(out, "milliseconds", report.milliseconds);
  add(out, "killed", report.killed);
  add(out, "stdout", report.output.size());
  add(out, "stdout_lost", report.output_lost);
  add(out, "stderr", report.error.size());
  add(out, "stderr_lost", report.error_lost);
  return out;
}

Result<RunReport> take_report(Words& words, std::string_view bytes) {
  RunReport out;
  TRY(const std::string_view outcome, words.take("outcome"));
  TRY(out.outcome, outcome_named(outcome));
  TRY(out.code, words.take_number("code", code_max));
  TRY(out.signal, words.take_number("signal", signal_max));
  TRY(out.milliseconds, words.take_number("milliseconds", count_max));
  TRY(out.killed, words.take_number("killed", count_max));
  TRY(const std::uint64_t output_size, words.take_number("stdout", bytes.size()));
  TRY(out.output_lost, words.take_number("stdout_lost", count_max));
  TRY(const std::uint64_t error_size, words.take_number("stderr", bytes.size()));
  TRY(out.error_lost, words.take_number("stderr_lost", count_max));
  if (output_size + error_size != bytes.size())
    return Error{ErrorCode::invalid, "the output has another size than the words say"};
  out.output = bytes.substr(0, output_size);
  out.error = bytes.substr(output_size);
  return out;
}

std::string report_text(const RunReport& report) {
  return "report" + report_words(report) + "\n" + report.output + report.error;
}

Result<RunReport> parse_report(std::string_view text) {
  const std::size_t end = text.substr(0, line_size_max).find('\n');
  if (end == std::string_view::npos) return Error{ErrorCode::invalid, "a report begins with a line of words"};
  TRY(Words words, Words::parse(text.substr(0, end)));
  if (words.first() != "report") return Error{ErrorCode::invalid, "that is no report"};
  TRY(RunReport out, take_report(words, text.substr(end + 1)));
  TRY_OK(words.check_all_taken());
  return out;
}

std::size_t report_size_max(std::size_t output_size_max) { return line_size_max + 2 * output_size_max; }

}  // namespace alarum::runner
