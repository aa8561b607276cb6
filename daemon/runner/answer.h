#pragma once

#include "daemon/base/time.h"
#include "daemon/runner/run_report.h"

#include <string>
#include <string_view>

/// What the runner says, as docs/runner.md has it. Words are ours or canonical; what an asker wrote is never
/// repeated but for ids, which consist of letters and digits.
namespace alarum::runner {

/// It was not done. `guard` is from a closed set, `entry` decided and has neither spaces nor line breaks,
/// `why` is for people.
inline std::string refusal(std::string_view guard, std::string_view entry, std::string_view why) {
  return "refused guard=" + std::string(guard) + " entry=" + std::string(entry.empty() ? "-" : entry) +
         " why=" + std::string(why);
}

/// The run ended. Its output follows the line: stdout, then stderr.
inline std::string ended_answer(const std::string& action_id, const RunReport& report, bool is_repeated) {
  return "ended action=" + action_id + " repeated=" + (is_repeated ? "yes" : "no") + report_words(report) +
         "\n" + report.output + report.error;
}

/// The run was begun, and nobody knows whether and how it ended.
inline std::string in_doubt_answer(const std::string& action_id, Timestamp started, bool is_repeated) {
  return "in_doubt action=" + action_id + " repeated=" + (is_repeated ? "yes" : "no") +
         " started=" + format_time(started);
}

/// The run is going on.
inline std::string running_answer(const std::string& action_id, Timestamp started) {
  return "running action=" + action_id + " started=" + format_time(started);
}

/// Nothing is known of such a run.
inline std::string unknown_answer(const std::string& action_id) { return "unknown action=" + action_id; }

}  // namespace alarum::runner
