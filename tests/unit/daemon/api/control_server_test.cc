#include "daemon/api/control_server.h"

#include "daemon/api/control_client.h"
#include "daemon/api/control_request.h"
#include "daemon/api/peer_credentials.h"
#include "daemon/api/unix_socket.h"
#include "daemon/base/log.h"
#include "tests/unit/support/loopback_client.h"
#include "tests/unit/support/status_world.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
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
  return ControlServer::start({.path = path, .idle_max = idle}, [] { return StatusWorld().status(); });
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

TEST_CASE("a request is one known command and nothing else") {
  const auto message = [](std::string_view line) {
    const auto read = parse_control_request(line);
    return read ? "status" : read.error().message;
  };

  CHECK(message(R"( { "command" : "st\u0061tus" } )") == "status");
  CHECK(message("status") == "the request is no JSON object: not_object");
  CHECK(message("{}") == "the request has no 'command'");
  CHECK(message(R"({"command":"stop"})") == "unknown command 'stop'; there is 'status'");
  CHECK(message(R"({"command":1})") == "the 'command' of the request is no text");
  CHECK(message(R"({"command":["status","status"]})") == "the 'command' of the request is no text");
  CHECK(message(R"({"command":"status","command":"status"})") == "the request has a member twice");
  CHECK(message(R"({"command":"status","force":true})") == "the request has an unknown member 'force'");
  CHECK(message(R"({"command":"status","x":01})") == "the request has a broken value");
}

TEST_CASE("a request that is not understood is answered with what is wrong") {
  ControlWorld world;
  CHECK(world.exchange("{\"command\":\"stop\"}\n") ==
        "{\"error\":\"unknown command 'stop'; there is 'status'\"}\n");
  CHECK(world.exchange(std::string(10'000, 'x')) ==
        "{\"error\":\"the request is longer than 4096 bytes, or has no line end\"}\n");
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
  CHECK(second.error().message == folder.path() + " is in use: another alarumd answers there");
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

}  // namespace
}  // namespace alarum
