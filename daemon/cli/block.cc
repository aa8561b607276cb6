#include "daemon/cli/action_client.h"
#include "daemon/cli/action_text.h"
#include "daemon/cli/command.h"
#include "daemon/cli/daemon_list.h"
#include "daemon/cli/incident_client.h"

#include <array>
#include <memory>
#include <string_view>

namespace alarum::cli {
namespace {

/// What the commands that change blocks take.
struct BlockOptions {
  std::string socket;
  std::string target;
  std::string lasts;
  std::string responder;
  std::string incident;
  std::string rule;
  std::string since;
  std::string why;
};

constexpr std::array<std::string_view, 13> columns = {
    "target",   "state", "until",    "incident_id", "rule_id", "playbook", "responder",
    "intended", "ended", "attempts", "reference",   "why",     "action_id"};
constexpr DaemonList blocks{.command = "block_list",
                            .schema = "alarum.block_list/1",
                            .items = "blocks",
                            .columns = columns,
                            .write = write_block_list};

}  // namespace

void add_block_list(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<PageOptions>();
  Verb verb = line.verb("block", "list",
                        "List who is blocked, or would be (shadow), the newest first; --format csv, too");
  add_page_options(verb, *options);
  verb.prints_csv();
  verb.runs([&global, options] { return show_list(global, *options, blocks, {}); },
            reading_help("alarum block list"));
}

void add_block_add(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<BlockOptions>();
  Verb verb = line.verb("block", "add", "Block an address or a network for a time");
  verb.required("TARGET", options->target, "The address, or network: 192.0.2.7, 192.0.2.0/24");
  verb.required("--for", options->lasts, "How long: 15m, 2h");
  verb.required("--why", options->why, "The reason, for the audit log");
  verb.option("--with", options->responder, "The responder that blocks, where there are several");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] {
        if (!are_understood({.network = options->target, .lasts = options->lasts})) return wrong_usage;
        return make_change(global, options->socket,
                           incident_request("block_add", {{"target", options->target},
                                                          {"for", options->lasts},
                                                          {"responder", options->responder},
                                                          {"why", options->why}}));
      },
      change_help("alarum block add 192.0.2.7 --for 2h --why 'guesses passwords'"));
}

void add_block_remove(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<BlockOptions>();
  Verb verb = line.verb("block", "remove", "Let an address or a network go, and leave it alone for a time");
  verb.required("TARGET", options->target, "The address, or network: everything in it is let go");
  verb.option("--why", options->why, "The reason, for the audit log");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] {
        if (!are_understood({.network = options->target})) return wrong_usage;
        return make_change(
            global, options->socket,
            incident_request("block_remove", {{"target", options->target}, {"why", options->why}}));
      },
      change_help("alarum block remove 192.0.2.7 --why 'our own scanner'"));
}

void add_block_undo(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<BlockOptions>();
  Verb verb = line.verb("block", "undo", "Take back the blocks of an incident, of a rule, or since a time");
  verb.option("--incident", options->incident, "Those of this incident: its id, or four of its first digits");
  verb.option("--rule", options->rule, "Those that alerts of this rule asked for: its id");
  verb.option("--since", options->since, "Those decided since then: 2026-01-02T03:04:05Z");
  verb.option("--why", options->why, "The reason, for the audit log");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] {
        if (options->incident.empty() && options->rule.empty() && options->since.empty()) {
          complain("say which blocks: --incident ID, --rule ID, --since TIME, or several of them");
          return wrong_usage;
        }
        if (!are_understood({.since = options->since})) return wrong_usage;
        return make_change(global, options->socket,
                           incident_request("block_undo", {{"incident", options->incident},
                                                           {"rule", options->rule},
                                                           {"since", options->since},
                                                           {"why", options->why}}));
      },
      change_help("alarum block undo --incident 3f2a91bc --why 'a test'"));
}

}  // namespace alarum::cli
