#include "daemon/demo/attacked_host.h"

#include "daemon/base/clock.h"
#include "daemon/base/file.h"
#include "daemon/demo/run_program.h"
#include "daemon/demo/web_events.h"

#include <poll.h>
#include <utility>

namespace alarum::demo {
namespace {

constexpr Duration patience = std::chrono::seconds(10);

/// One end of the wire. Each knows the way to the other alone, without a gateway, and not as the peer of its
/// own address: the enforcer blocks neither.
std::string end_of_wire(std::string_view own, std::string_view other) {
  std::string out = "link set lo up\nlink set wire up\naddress add ";
  return out.append(own).append("/32 dev wire\nroute add ").append(other).append("/32 dev wire\n");
}

/// Lets `ip` carry out a file of commands in a namespace.
Status run_ip(const NetworkNamespace& where, const std::string& path, const std::string& commands) {
  TRY_OK(replace_file(path, commands));
  return where.within([&]() -> Status {
    TRY_OK(run_program({"/bin/ip", {"-batch", path}, path + ".log"}, patience));
    return {};
  });
}

}  // namespace

Result<std::unique_ptr<AttackedHost>> AttackedHost::make(const std::string& folder) {
  std::unique_ptr<AttackedHost> out(new AttackedHost);
  TRY(out->server_, NetworkNamespace::make());
  TRY(out->attacker_, NetworkNamespace::make());
  TRY_OK(out->connect(folder));
  auto knocking = std::make_unique<Knocking>();
  TRY_OK(out->server_->within([&] { return knocking->open_server(attacked_server); }));
  TRY_OK(out->attacker_->within([&] { return knocking->open_client(attacking_client, attacked_server); }));
  out->knocking_ = std::move(knocking);
  TRY_OK(out->wait_for_answer());
  return out;
}

Status AttackedHost::connect(const std::string& folder) const {
  const std::string wire = "link add wire type veth peer name wire netns " + attacker_->path() + "\n";
  TRY_OK(run_ip(*server_, folder + "/server.ip", wire + end_of_wire(attacked_server, attacking_client)));
  return run_ip(*attacker_, folder + "/attacker.ip", end_of_wire(attacking_client, attacked_server));
}

Status AttackedHost::wait_for_answer() {
  constexpr int moment_milliseconds = 10;
  const Duration deadline = steady_now() + patience;
  while (steady_now() < deadline) {
    knocking_->step(steady_now());
    if (knocking_->watch().has_heard()) return {};
    poll(nullptr, 0, moment_milliseconds);
  }
  return Error{ErrorCode::io, "the attacker's host does not reach the server before anything is blocked"};
}

}  // namespace alarum::demo
