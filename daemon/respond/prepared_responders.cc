#include "daemon/respond/prepared_responders.h"

#include "daemon/respond/playbook_compiler.h"

#include <algorithm>
#include <utility>

namespace alarum {
namespace {

/// What playbooks have to know of every responder, those among them that take every alert.
std::vector<PlaybookResponder> known_responders(const DaemonConfig& config,
                                                const std::vector<MadeResponder>& made) {
  std::vector<PlaybookResponder> out;
  for (const ResponderConfig& responder : config.responders) {
    const ResponderKind* const kind = responder_kind(responder.kind_name);
    const bool ends = std::any_of(made.begin(), made.end(), [&](const MadeResponder& one) {
      return one.name == responder.name && one.ends_what_it_told;
    });
    out.push_back(
        {responder.name, kind == nullptr ? ResponderNature::takes_all : kind->nature, responder.mode, ends});
  }
  return out;
}

}  // namespace

PreparedResponders prepare_responders(const LoadedConfig& loaded, const ResponderPorts& ports) {
  PreparedResponders out;
  out.responders = make_responders(loaded.settings->root(), *loaded.secrets, ports);
  out.problems = loaded.settings->problems();
  CompiledPlaybooks compiled =
      compile_playbooks(loaded.config.playbooks, known_responders(loaded.config, out.responders));
  out.playbooks = std::move(compiled.set);
  out.problems.insert(out.problems.end(), compiled.problems.begin(), compiled.problems.end());
  return out;
}

}  // namespace alarum
