#include "daemon/respond/prepared_responders.h"

#include "daemon/respond/playbook_compiler.h"

#include <utility>

namespace alarum {
namespace {

/// What playbooks have to know of every responder, those among them that take every alert.
std::vector<PlaybookResponder> known_responders(const DaemonConfig& config) {
  std::vector<PlaybookResponder> out;
  for (const ResponderConfig& responder : config.responders) {
    const ResponderKind* const kind = responder_kind(responder.kind_name);
    out.push_back(
        {responder.name, kind == nullptr ? ResponderNature::takes_all : kind->nature, responder.mode});
  }
  return out;
}

}  // namespace

PreparedResponders prepare_responders(const LoadedConfig& loaded, const ResponderPorts& ports) {
  PreparedResponders out;
  out.responders = make_responders(loaded.settings->root(), *loaded.secrets, ports);
  out.problems = loaded.settings->problems();
  CompiledPlaybooks compiled = compile_playbooks(loaded.config.playbooks, known_responders(loaded.config));
  out.playbooks = std::move(compiled.set);
  out.problems.insert(out.problems.end(), compiled.problems.begin(), compiled.problems.end());
  return out;
}

}  // namespace alarum
