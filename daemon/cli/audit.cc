#include "daemon/base/json_writer.h"
#include "daemon/base/printable.h"
#include "daemon/cli/action_client.h"
#include "daemon/cli/action_text.h"
#include "daemon/cli/command.h"
#include "daemon/cli/daemon_list.h"
#include "daemon/cli/incident_client.h"
#include "daemon/respond/audit_log.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_schema.h"

#include <array>
#include <functional>
#include <memory>
#include <string_view>

namespace alarum::cli {
namespace {

constexpr std::array<std::string_view, 9> columns = {"number",  "at",          "who",    "who_uid", "what",
                                                     "subject", "incident_id", "detail", "hash"};
constexpr DaemonList audit_entries{.command = "audit_list",
                                   .schema = "alarum.audit_list/1",
                                   .items = "entries",
                                   .columns = columns,
                                   .write = write_audit_list};

/// What is verified.
struct VerifyOptions {
  std::string socket;
  std::string ledger;  ///< the file; empty: by the daemon
  std::string head;    ///< that was noted; empty: none
};

/// Looks at the next entries; what went wrong has been said on stderr.
using VerifyMore = std::function<ExitCode(AuditVerdict& so_far)>;

std::string request_of(const AuditVerdict& so_far, const std::string& head) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("command").text("audit_verify").key("after").number(so_far.entries);
  json.key("hash").text(so_far.head);
  if (!head.empty()) json.key("head").text(head);
  json.end_object();
  return out;
}

ExitCode ask_daemon_for_more(const VerifyOptions& options, AuditVerdict& so_far) {
  IncidentAnswer answer;
  if (const ExitCode code = ask_about_incidents(options.socket, request_of(so_far, options.head),
                                                "alarum.audit_verify/1", answer);
      code != done)
    return code;
  const JsonNode* const entries = answer.root.find("entries");
  const JsonNode* const broken = answer.root.find("broken_at");
  const std::int64_t before = so_far.entries;
  so_far.entries = entries == nullptr ? before : entries->as_integer().value_or(before);
  so_far.head = answer.root.text_of("head");
  so_far.is_end = answer.root.text_of("end") == "true";
  so_far.has_noted_head = so_far.has_noted_head || answer.root.text_of("has_noted_head") == "true";
  if (broken != nullptr && !broken->is_null())
    so_far.broken = AuditBreak{broken->as_integer().value_or(0), answer.root.text_of("why")};
  if (so_far.is_end || so_far.broken || so_far.entries > before) return done;
  complain("the daemon's answer goes on nowhere; use the tool of its version");
  return unreachable;
}

ExitCode say_verdict(const GlobalOptions& global, const VerifyOptions& options, const AuditVerdict& found) {
  const bool lacks_head = !options.head.empty() && !found.has_noted_head;
  Output output(global);
  std::string json;
  JsonWriter writer(json);
  writer.begin_object().key("schema").text("alarum.audit_verdict/1");
  writer.key("whole").boolean(!found.broken && !lacks_head).key("entries").number(found.entries);
  writer.key("head").text(found.head).key("broken_at");
  found.broken ? writer.number(found.broken->number) : writer.null();
  writer.key("why").text(found.broken ? found.broken->why : "").key("has_noted_head");
  options.head.empty() ? writer.null() : writer.boolean(found.has_noted_head);
  writer.end_object();
  if (global.is_json()) {
    output.write(json + "\n");
  } else if (found.broken) {
    output.write("the audit log is broken at entry " + std::to_string(found.broken->number) + ": " +
                 printable(found.broken->why) + "\n");
  } else {
    output.write(with_separators(static_cast<std::uint64_t>(found.entries)) +
                 (found.entries == 1 ? " entry fits" : " entries fit") + "; head " + printable(found.head) +
                 "\n");
  }
  if (!global.is_json() && lacks_head)
    output.write("no entry has the noted head: the log was cut behind it, or made anew\n");
  output.flush();
  if (!output.ok()) return unreachable;
  return found.broken || lacks_head ? findings : done;
}

ExitCode verify_all(const GlobalOptions& global, const VerifyOptions& options, const VerifyMore& more) {
  AuditVerdict so_far;
  while (!so_far.is_end && !so_far.broken) {
    if (const ExitCode code = more(so_far); code != done) return code;
  }
  return say_verdict(global, options, so_far);
}

Result<std::unique_ptr<LedgerDatabase>> open_ledger(const std::string& path) {
  constexpr std::chrono::seconds patience{1};
  TRY(auto ledger, LedgerDatabase::open(path, LedgerDatabase::Access::read, patience));
  TRY_OK(check_ledger(*ledger));
  return ledger;
}

/// A file that is no ledger of ours, or a damaged one, is broken; anything else keeps us from reading it.
ExitCode unreadable(const Error& error) {
  complain(error.message);
  return error.code == ErrorCode::unsupported ? broken_input : unreachable;
}

ExitCode verify_file(const GlobalOptions& global, const VerifyOptions& options) {
  constexpr std::size_t entries_at_once = 100'000;
  const auto ledger = open_ledger(options.ledger);
  if (!ledger) return unreadable(ledger.error());
  return verify_all(global, options, [&](AuditVerdict& so_far) {
    auto verdict = verify_audit(**ledger, so_far, options.head, entries_at_once);
    if (!verdict) return unreadable(verdict.error());
    so_far = *std::move(verdict);
    return done;
  });
}

ExitCode verify(const GlobalOptions& global, const VerifyOptions& options) {
  constexpr std::size_t hash_digits = 64;
  const bool is_hash = options.head.size() == hash_digits &&
                       options.head.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!options.head.empty() && !is_hash) {
    complain("a head is 64 hex digits in lower case, as an earlier alarum audit verify printed it");
    return wrong_usage;
  }
  if (!options.ledger.empty()) return verify_file(global, options);
  return verify_all(global, options,
                    [&](AuditVerdict& so_far) { return ask_daemon_for_more(options, so_far); });
}

}  // namespace

void add_audit_list(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<PageOptions>();
  Verb verb = line.verb("audit", "list", "List who did what, the newest first; --format csv, too");
  add_page_options(verb, *options);
  verb.prints_csv();
  verb.runs([&global, options] { return show_list(global, *options, audit_entries, {}); },
            reading_help("alarum audit list --limit 200"));
}

void add_audit_verify(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<VerifyOptions>();
  Verb verb = line.verb("audit", "verify", "Check that nobody has changed or removed what was done");
  verb.option("--head", options->head, "The head that an earlier run printed: it has to be there still");
  verb.option("--ledger", options->ledger, "Read this file instead of asking the daemon");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] { return verify(global, *options); },
      {"0 every entry fits, 1 one does not, or the noted head is gone, 2 the file is no ledger, or damaged, "
       "3 the configuration is broken, 4 the daemon cannot be reached or the ledger be read, 64 wrong usage",
       "alarum audit verify --head $(cat /root/alarum-head)"});
}

}  // namespace alarum::cli
