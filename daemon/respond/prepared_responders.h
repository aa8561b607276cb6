#pragma once

#include "config/daemon_config.h"
#include "config/diagnostic.h"
#include "daemon/respond/playbook.h"
#include "responders/responder_kinds.h"

#include <vector>

namespace alarum {

/// The responders of a configuration and its playbooks, ready to act, and everything that is wrong with the
/// configuration. With an error among the problems nothing of it is to be used.
struct PreparedResponders {
  std::vector<MadeResponder> responders;  ///< those that incidents drive, in the order of the configuration
  PlaybookSet playbooks;
  std::vector<Diagnostic> problems;  ///< those of loading first
};

/// Makes the responders of what was loaded, and compiles its playbooks for them. Nothing connects anywhere.
/// Any thread; the ports outlive the responders.
PreparedResponders prepare_responders(const LoadedConfig& loaded, const ResponderPorts& ports);

}  // namespace alarum
