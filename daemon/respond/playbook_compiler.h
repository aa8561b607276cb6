#pragma once

#include "config/diagnostic.h"
#include "config/playbook_config.h"
#include "daemon/respond/playbook.h"

#include <span>
#include <string_view>
#include <vector>

namespace alarum {

/// What there is without any playbook: every responder that tells is told of every incident.
inline constexpr std::string_view default_playbook = "default";

/// Playbooks, and what is wrong with them: with an error among the problems they are not to be used. Lines of
/// problems are shown without secrets.
struct CompiledPlaybooks {
  PlaybookSet set;
  std::vector<Diagnostic> problems;
};

/// Checks what only the responders and the fields of alerts can tell, everything at once, and makes playbooks
/// out of their descriptions.
CompiledPlaybooks compile_playbooks(std::span<const PlaybookConfig> playbooks,
                                    std::vector<PlaybookResponder> responders);

}  // namespace alarum
