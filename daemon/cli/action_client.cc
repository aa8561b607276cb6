#include "daemon/cli/action_client.h"

#include "config/quantity.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"
#include "daemon/cli/action_text.h"
#include "daemon/cli/incident_client.h"

namespace alarum::cli {

ExitCode show_answer(const GlobalOptions& global, const std::string& socket, const std::string& request,
                     std::string_view schema, WriteAnswer write) {
  IncidentAnswer answer;
  if (const ExitCode code = ask_about_incidents(socket, request, schema, answer); code != done) return code;
  Output output(global);
  if (global.is_json()) {
    output.write(answer.line + "\n");
  } else {
    write(answer.root, output);
  }
  output.flush();
  return output.ok() ? done : unreachable;
}

ExitCode make_change(const GlobalOptions& global, const std::string& socket, const std::string& request) {
  return show_answer(global, socket, request, "alarum.action_edit/1", write_action_edit);
}

bool are_understood(const ActionWords& words) {
  std::string wrong;
  if (!words.network.empty() && !IpNetwork::parse(words.network)) {
    wrong = "'" + words.network + "' is no address and no network: 192.0.2.7, 192.0.2.0/24";
  } else if (!words.lasts.empty() && !parse_duration(words.lasts)) {
    wrong = "'" + words.lasts + "' is no time like 15m or 2h";
  } else if (!words.since.empty() && !parse_time(words.since)) {
    wrong = "'" + words.since + "' is no time like 2026-01-02T03:04:05Z";
  }
  if (!wrong.empty()) complain(wrong);
  return wrong.empty();
}

HelpEnd change_help(const std::string& example) {
  return {
      "0 written down, 1 the daemon refuses (a guard rail, not allowed, nothing there), 3 the configuration "
      "is broken, 4 the daemon cannot be reached, or its ledger cannot be written, 64 wrong usage",
      example};
}

HelpEnd reading_help(const std::string& example) {
  return {
      "0 done, 1 the daemon refuses what was asked, 3 the configuration is broken, 4 the daemon cannot be "
      "reached or its ledger be read, 64 wrong usage",
      example};
}

}  // namespace alarum::cli
