#pragma once

#include "config/daemon_config.h"
#include "daemon/base/connected_peers.h"
#include "responders/responder_kind.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// Every kind of responder that is driven by incidents.
std::span<const ResponderKind> responder_kinds();
/// The kind of this name; null where there is none.
const ResponderKind* responder_kind(std::string_view name);

/// The options of a configuration with all of them.
const DaemonOptions& alarum_options();

/// The ports of a process: real clients. `peers` is told whom they talk to, and outlives them; null: nobody
/// is.
ResponderPorts responder_ports(Clock& clock, ConnectedPeers* peers);

/// A responder that was made of an entry of `responders`.
struct MadeResponder {
  std::string name;
  const ResponderKind* kind = nullptr;
  DeliveryClass delivery = DeliveryClass::once;
  bool ends_what_it_told = false;  ///< when the incident is resolved
  std::unique_ptr<Responder> responder;
};

/// Makes the responders of all entries that one of the kinds is for, in their order. What is wrong with one
/// is told where it is written, so that it is among the problems of the settings; that one is left out then,
/// and so are those whose secrets are not read.
std::vector<MadeResponder> make_responders(const SectionValue& root, const SecretFiles& secrets,
                                           const ResponderPorts& ports);

}  // namespace alarum
