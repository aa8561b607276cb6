#include "daemon/api/control_server.h"

#include "daemon/api/control_client.h"
#include "daemon/api/control_request.h"
#include "daemon/base/log.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/base/unix_socket.h"
#include "tests/unit/support/loopback_client.h"
#include "tests/unit/support/status_world.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace alarum {
namespace {

using test::LoopbackClient;
using test::StatusWorld;

/// A folder of its own for the socket.
struct SocketFolder {
  std::string path() const { return folder / "control.sock"; }

  test::TemporaryFolder folder;
};

Result<std::unique_ptr<ControlServer>> start(const std::string& path,
                                             Duration idle = std::chrono::seconds(5)) {
  return ControlServer::start(
      {.path = path, .idle_max = idle}, [] { return StatusWorld().status(); },
      [](const ControlRequest& request, const PeerCredentials& peer) {
        return request.command() + " for " + user_name(peer.user);
      });
}

/// A server in a folder of its own.
struct ControlWorld {
  explicit ControlWorld(Duration idle = std::chrono::seconds(5)) {
    auto started = start(folder.path(), idle);
    REQUIRE(started.has_value());
    server = *std::move(started);
  }

  /// What comes back for the bytes `text`.
  std::string exchange(const std::string& text) const {
    return LoopbackClient(folder.path()).send(text).receive_all();
  }

  SocketFolder folder;
  std::unique_ptr<ControlServer> server;
};

TEST_CASE("the daemon answers how it is, in one line") {
  ControlWorld world;
  const auto answer = ask_daemon(world.folder.path(), R"({"command":"status"})", std::chrono::seconds(10));

  REQUIRE(answer.has_value());
  CHECK(answer->starts_with(R"({"schema":"alarum.status/1","version":"1.2.3",)"));
  CHECK(answer->find('\n') == std::string::npos);
}

TEST_CASE("a request is one known command with what it takes, and nothing else") {
  const auto message = [](std::string_view line) {
    const auto read = parse_control_request(line);
    return read ? read->command() : read.error().message;
  };

  CHECK(message(R"( { "command" : "st\u0061tus" } )") == "status");
  CHECK(message(R"({"incident":"abcd","command":"incident_show"})") == "incident_show");
  CHECK(message("status") == "the request is no JSON: byte 0: no value begins so");
  CHECK(message("[]") == "the request is no JSON object");
  CHECK(message("{}") == "the request has no 'command'");
  CHECK(message(R"({"command":"stop"})") ==
        "unknown command 'stop'; there is 'status', 'incident_list', 'incident_show', "
        "'incident_acknowledge', 'incident_contain', 'incident_assign', 'incident_note', 'incident_close', "
        "'block_list', 'block_add', 'block_remove', 'block_undo', 'allow_list', 'allow_add', 'allow_remove', "
        "'breaker_reset', 'audit_list', 'audit_verify'");
  CHECK(message(R"({"command":1})") == "'command' of the request is no text");
  CHECK(message(R"({"command":"status","command":"status"})") ==
        "the request is no JSON: byte 29: a name comes twice in one object");
  CHECK(message(R"({"command":"status","force":true})") == "'status' takes no 'force'");
  CHECK(message(R"({"command":"status","":true})") == "'status' takes no ''");
  CHECK(message(R"({"command":"incident_show","revision":1})") == "'incident_show' takes no 'revision'");
  CHECK(message(R"({"command":"status","x":01})") == "the request is no JSON: byte 24: no value begins so");
  CHECK(message(R"({"command":[[]]})") == "the request is no JSON: byte 12: nested too deep");
}

TEST_CASE("members of a request are of the kind that they have to be") {
  const auto request =
      parse_control_request(R"({"command":"incident_list","limit":"7","before":3,"level":1})");
  REQUIRE(request.has_value());

  CHECK(request->number("limit", 1, 0).error().message ==
        "'limit' of the request is no whole number from 1 on");
  CHECK(*request->number("before", 1, 0) == 3);
  CHECK_FALSE(request->number("before", 4, 0).has_value());
  CHECK(request->text("level").error().message == "'level' of the request is no text");
  CHECK(request->text("state")->empty());
  CHECK(request->required_text("state").error().message == "the request has no 'state'");
  CHECK(request->required_number("state", 1).error().message == "the request has no 'state'");
}

TEST_CASE("a request that is not understood is answered with what is wrong") {
  ControlWorld world;
  CHECK(world.exchange("{\"command\":\"stop\"}\n")
            .starts_with("{\"error\":\"unknown command 'stop'; there is"));
  CHECK(world.exchange(std::string(140'000, 'x')) ==
        "{\"error\":\"the request is longer than 131072 bytes, or has no line end\","
        "\"reason\":\"invalid\"}\n");
}

TEST_CASE("what is no question after the status goes to who answers it, with the name of who asks") {
  ControlWorld world;
  CHECK(world.exchange("{\"command\":\"incident_list\"}\n") ==
        "incident_list for " + user_name(geteuid()) + "\n");
}

TEST_CASE("a client of the control socket that is silent loses its connection") {
  ControlWorld world(std::chrono::milliseconds(100));
  CHECK(LoopbackClient(world.folder.path()).is_closed_silently());
}

TEST_CASE("the socket is for its user and group, and gone when the server is") {
  ControlWorld world;
  struct stat found {};
  REQUIRE(stat(world.folder.path().c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0660U);

  world.server.reset();
  CHECK_FALSE(std::filesystem::exists(world.folder.path()));
}

TEST_CASE("the socket of a dead process is replaced, that of a living one is not") {
  SocketFolder folder;
  const auto left = listen_on_unix_socket(folder.path());
  REQUIRE(left.has_value());
  close(*left);  // as a killed process leaves it: the file stays
  REQUIRE(std::filesystem::exists(folder.path()));

  const auto first = start(folder.path());
  REQUIRE(first.has_value());
  const auto second = start(folder.path());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().message == folder.path() + " is in use: another process answers there");
  CHECK(ask_daemon(folder.path(), R"({"command":"status"})", std::chrono::seconds(10)).has_value());
}

TEST_CASE("what is no socket is left alone") {
  SocketFolder folder;
  std::ofstream(folder.path()) << "precious";
  const auto started = start(folder.path());

  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().message ==
        folder.path() + " is there and is no socket; remove it or choose another path");
  CHECK(std::filesystem::file_size(folder.path()) == 8);
}

TEST_CASE("a path that no socket can have is an error") {
  const auto started = start("/" + std::string(200, 'x'));
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().message.find("is no path for a socket: it takes 1 to 107 bytes") !=
        std::string::npos);
}

TEST_CASE("a daemon that is not there, does not answer or breaks off is told apart") {
  SocketFolder folder;
  const auto ask = [&] {
    return ask_daemon(folder.path(), "{}", std::chrono::milliseconds(100)).error().message;
  };
  CHECK(ask() == "cannot connect to " + folder.path() + ": No such file or directory");

  const auto listening = listen_on_unix_socket(folder.path());
  REQUIRE(listening.has_value());
  CHECK(ask() == "the daemon at " + folder.path() + " does not answer");
  close(*listening);
}

TEST_CASE("an answer that comes before the question is read, as that to whom may not ask") {
  SocketFolder folder;
  const auto listening = listen_on_unix_socket(folder.path());
  REQUIRE(listening.has_value());
  std::thread refusing([&] {
    const int client = accept(*listening, nullptr, nullptr);
    const std::string_view answer = "{\"error\":\"no\"}\n";
    if (send(client, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    close(client);
  });
  // More than a socket takes at once, so that it is still sending when the answer comes.
  const auto answer = ask_daemon(folder.path(), std::string(1U << 20U, ' '), std::chrono::seconds(10));
  refusing.join();
  close(*listening);

  REQUIRE(answer.has_value());
  CHECK(*answer == "{\"error\":\"no\"}");
}

TEST_CASE("who may ask: root, the daemon's user, and its group") {
  constexpr uid_t daemon_user = 101;
  constexpr gid_t daemon_group = 102;

  CHECK(may_ask({0, {0}}, daemon_user, daemon_group));
  CHECK(may_ask({daemon_user, {5}}, daemon_user, daemon_group));
  CHECK(may_ask({1000, {1000, daemon_group}}, daemon_user, daemon_group));
  CHECK_FALSE(may_ask({1000, {1000, 0}}, daemon_user, daemon_group));
}

TEST_CASE("who may change: root, the daemon's user, and the analysts where there is such a group") {
  constexpr uid_t daemon_user = 101;
  constexpr gid_t analysts = 103;

  CHECK(may_change({0, {0}}, daemon_user, std::nullopt));
  CHECK(may_change({daemon_user, {5}}, daemon_user, std::nullopt));
  CHECK(may_change({1000, {1000, analysts}}, daemon_user, analysts));
  CHECK_FALSE(may_change({1000, {1000, analysts}}, daemon_user, std::nullopt));
  CHECK_FALSE(may_change({1000, {1000}}, daemon_user, analysts));
}

TEST_CASE("users and groups have names, or are told by number") {
  CHECK(user_name(0) == "root");
  CHECK(user_name(4'000'000) == "uid 4000000");
  CHECK(*group_named("root") == 0);
  CHECK(group_named("no such group").error().message == "there is no group 'no such group'");
  CHECK(group_named("no such group").error().code == ErrorCode::not_found);
}

TEST_CASE("a group that nobody can look up is told from one that is not there") {
  CHECK(*group_of_answer("soc", 0, 7) == 7);
  CHECK(group_of_answer("soc", 0, std::nullopt).error().code == ErrorCode::not_found);
  const auto unknown = group_of_answer("soc", ECONNREFUSED, std::nullopt);
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == ErrorCode::io);
  CHECK(unknown.error().message == "cannot look up the group 'soc': Connection refused");
}

TEST_CASE("the kernel says who asks") {
  std::array<int, 2> ends{};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  const auto peer = peer_credentials(ends[0]);
  close(ends[0]);
  close(ends[1]);

  REQUIRE(peer.has_value());
  CHECK(peer->user == geteuid());
  CHECK(std::find(peer->groups.begin(), peer->groups.end(), getegid()) != peer->groups.end());
  CHECK_FALSE(peer_credentials(-1).has_value());
}

TEST_CASE("a request that is not understood is refused with a reason") {
  ControlWorld world;
  const auto answer = ask_daemon(world.folder.path(), R"({"command":"stop"})", std::chrono::seconds(10));
  REQUIRE(answer.has_value());
  CHECK(answer->ends_with(R"(,"reason":"invalid"})"));
}

TEST_CASE("a user namespace that renames users is told from one that does not") {
  CHECK(is_identity_map("         0          0 4294967295\n"));
  CHECK_FALSE(is_identity_map("      4711       4711          1\n"));
  CHECK_FALSE(is_identity_map("         0     100000      65536\n"));
  CHECK_FALSE(is_identity_map("0 0 1\n1 100000 65536\n"));
  CHECK_FALSE(is_identity_map(""));
}

TEST_CASE("names of users are remembered, and a number without one is told as that") {
  UserNames names;
  CHECK(names.name(0) == "root");
  CHECK(&names.name(0) == &names.name(0));
  CHECK(names.name(4'000'000'000) == "uid 4000000000");
}

}  // namespace
}  // namespace alarum
