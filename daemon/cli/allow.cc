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

/// What the commands about exemptions take.
struct AllowOptions {
  std::string socket;
  std::string network;
  std::string lasts;
  std::string why;
};

constexpr std::array<std::string_view, 7> columns = {"network", "kind",    "until", "at",
                                                     "who",     "who_uid", "why"};
constexpr DaemonList exemptions{.command = "allow_list",
                                .schema = "alarum.allow_list/1",
                                .items = "exemptions",
                                .columns = columns,
                                .write = write_allow_list,
                                .has_pages = false};

}  // namespace

void add_allow_list(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<PageOptions>();
  Verb verb = line.verb("allow", "list", "List who is not blocked for a time, and why; --format csv, too");
  verb.daemon_socket(options->socket);
  verb.prints_csv();
  verb.runs([&global, options] { return show_list(global, *options, exemptions, {}); },
            reading_help("alarum allow list"));
}

void add_allow_add(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<AllowOptions>();
  Verb verb = line.verb("allow", "add", "Block nobody of a network for a time, and let go who is blocked");
  verb.required("NETWORK", options->network, "The network, or address");
  verb.required("--for", options->lasts, "How long: 8h, 7d; 30d at most");
  verb.required("--why", options->why, "The reason, for the audit log");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] {
        if (!are_understood({.network = options->network, .lasts = options->lasts})) return wrong_usage;
        return make_change(global, options->socket,
                           incident_request("allow_add", {{"network", options->network},
                                                          {"for", options->lasts},
                                                          {"why", options->why}}));
      },
      change_help("alarum allow add 198.51.100.0/24 --for 8h --why 'penetration test'"));
}

void add_allow_remove(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<AllowOptions>();
  Verb verb = line.verb("allow", "remove", "Take back that a network is allowed, or left alone");
  verb.required("NETWORK", options->network, "Exactly the network that alarum allow list shows");
  verb.option("--why", options->why, "The reason, for the audit log");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] {
        if (!are_understood({.network = options->network})) return wrong_usage;
        return make_change(
            global, options->socket,
            incident_request("allow_remove", {{"network", options->network}, {"why", options->why}}));
      },
      change_help("alarum allow remove 198.51.100.0/24"));
}

}  // namespace alarum::cli
