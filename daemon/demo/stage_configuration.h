#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace alarum::demo {

/// What alarumd has to know of the stage.
struct StageParts {
  std::string rules;          ///< the folder of the rules
  std::string folder;         ///< for what alarumd writes, and its secrets
  std::string brokers;        ///< `host:port`
  std::string tickets;        ///< `host:port` of the stand-in for a Jira
  std::uint16_t http_port{};  ///< for `/metrics`
  std::string enforcer;       ///< its socket; empty: nobody blocks, and the firewall is in shadow
};

/// The name that the responders have in playbooks, answers and metrics.
constexpr const char* ticket_responder = "tickets";
constexpr const char* block_responder = "firewall";

/// Whose attackers are blocked, as ATT&CK numbers it, and as the tag of its rules.
constexpr std::string_view blocked_technique = "T1190";
constexpr std::string_view blocked_tag = "attack.t1190";

/// The path of alarumd's control socket in the stage's folder, and of the file with the password for tickets.
std::string control_socket_in(const std::string& folder);
std::string ticket_token_in(const std::string& folder);

/// The configuration of alarumd, as YAML: every alert to stdout; a ticket for each incident; who attacks the
/// web server is blocked, or would be.
std::string stage_configuration(const StageParts& parts);

}  // namespace alarum::demo
