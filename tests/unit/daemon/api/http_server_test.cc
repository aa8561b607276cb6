#include "daemon/api/http_server.h"

#include "daemon/api/http_routes.h"
#include "daemon/base/log.h"
#include "tests/unit/support/loopback_client.h"
#include "tests/unit/support/status_world.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>

namespace alarum {
namespace {

using test::LoopbackClient;
using test::StatusWorld;

/// A server on a free port, and what it shows.
class HttpWorld {
 public:
  explicit HttpWorld(HttpServer::Options options = {}) {
    log::set_level(log::Level::off);
    options.listen.port = 0;
    auto started = HttpServer::start(options, [this] {
      if (is_throwing) throw std::runtime_error("no status today");
      return world.status();
    });
    REQUIRE(started.has_value());
    server_ = *std::move(started);
  }
  ~HttpWorld() { log::set_level(log::Level::info); }
  HttpWorld(const HttpWorld&) = delete;
  HttpWorld& operator=(const HttpWorld&) = delete;

  std::uint16_t port() const { return server_->port(); }

  /// Sends `text` as it is; everything that comes back until the server closes.
  std::string exchange(const std::string& text) { return LoopbackClient(port()).send(text).receive_all(); }

  std::string get(const std::string& target) {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  StatusWorld world;
  std::atomic<bool> is_throwing{false};

 private:
  std::unique_ptr<HttpServer> server_;
};

std::string status_line(const std::string& answer) { return answer.substr(0, answer.find('\r')); }

std::string body(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

TEST_CASE("metrics come in Prometheus' content type") {
  HttpWorld world;
  const std::string answer = world.get("/metrics");

  CHECK(status_line(answer) == "HTTP/1.1 200 OK");
  CHECK(answer.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n") != std::string::npos);
  CHECK(body(answer).find("alarum_build_info{version=\"1.2.3\"} 1\n") != std::string::npos);
  CHECK(body(answer).find("\nalarum_heap_bytes ") != std::string::npos);
  CHECK(body(answer).find("\nalarum_heap_bytes 1234567\n") == std::string::npos);  // it is the process's own
}

TEST_CASE("health is that the process answers") {
  HttpWorld world;
  world.world.line.store_trouble = "disk full";
  CHECK(body(world.get("/healthz")) == "ok\n");
}

TEST_CASE("readiness is 200, or 503 with a reason on each line") {
  HttpWorld ready;
  CHECK(status_line(ready.get("/readyz")) == "HTTP/1.1 200 OK");
  CHECK(body(ready.get("/readyz")) == "ready\nwarning: sink 'soc' has refused 1 entries\n");

  HttpWorld unready;
  unready.world.line.store_trouble = "disk full";
  unready.world.health = {false, "", {}, test::status_time};
  const std::string answer = unready.get("/readyz");
  CHECK(status_line(answer) == "HTTP/1.1 503 Service Unavailable");
  CHECK(body(answer) ==
        "state cannot be written, nothing is told meanwhile: disk full\n"
        "source 'windows' has no connection\n"
        "warning: sink 'soc' has refused 1 entries\n");
}

TEST_CASE("other paths are not found, other methods are not allowed") {
  HttpWorld world;
  CHECK(status_line(world.get("/")) == "HTTP/1.1 404 Not Found");
  CHECK(status_line(world.get("/metrics/../healthz")) == "HTTP/1.1 404 Not Found");
  CHECK(status_line(world.get("/metrics?x=1")) == "HTTP/1.1 200 OK");

  const std::string answer =
      world.exchange("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
  CHECK(status_line(answer) == "HTTP/1.1 405 Method Not Allowed");
  CHECK(answer.find("Allow: GET\r\n") != std::string::npos);

  const std::string head = world.exchange("HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(status_line(head) == "HTTP/1.1 405 Method Not Allowed");
  CHECK(body(head).empty());
}

TEST_CASE("a connection is kept for the next request") {
  HttpWorld world;
  LoopbackClient client(world.port());

  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.receive_some(10'000).ends_with("ok\n"));
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.receive_all().ends_with("ok\n"));
}

TEST_CASE("a header or a body that is too long is refused, and so is what is not HTTP") {
  HttpWorld world;
  CHECK(status_line(world.exchange("GET / HTTP/1.1\r\nX: " + std::string(64'000, 'x') + "\r\n\r\n")) ==
        "HTTP/1.1 431 Request Header Fields Too Large");
  CHECK(status_line(world.exchange("GET / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")) ==
        "HTTP/1.1 413 Payload Too Large");
  CHECK(status_line(world.exchange("\x16\x03\x01 hello\r\n\r\n")) == "HTTP/1.1 400 Bad Request");
}

TEST_CASE("a client that says nothing, or too slowly, loses its connection") {
  HttpWorld world({.idle_max = std::chrono::milliseconds(100)});
  LoopbackClient silent(world.port());
  LoopbackClient slow(world.port());
  slow.send("GET /healthz HT");

  CHECK(silent.is_closed_silently());
  CHECK(slow.is_closed_silently());
}

TEST_CASE("more connections than allowed wait until one ends") {
  HttpWorld world({.connections_max = 1, .idle_max = std::chrono::seconds(60)});
  auto first = std::make_unique<LoopbackClient>(world.port());
  first->send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE_FALSE(first->receive_some(10'000).empty());
  LoopbackClient second(world.port());
  second.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  CHECK(second.receive_some(50).empty());
  first.reset();
  CHECK(second.receive_all().ends_with("ok\n"));
}

TEST_CASE("what is thrown while an answer is made ends that connection only") {
  HttpWorld world;
  world.is_throwing = true;
  CHECK(world.get("/metrics").empty());
  world.is_throwing = false;
  CHECK(status_line(world.get("/metrics")) == "HTTP/1.1 200 OK");
}

TEST_CASE("a server ends while clients hold connections") {
  auto world = std::make_unique<HttpWorld>();
  LoopbackClient client(world->port());
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE_FALSE(client.receive_some(10'000).empty());

  world.reset();
  CHECK(client.is_closed_silently());
}

TEST_CASE("a port that is taken is an error that names it") {
  HttpWorld world;
  const auto second =
      HttpServer::start({.listen = {"127.0.0.1", world.port()}}, [] { return ServiceStatus(); });

  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().message ==
        "cannot listen on 127.0.0.1:" + std::to_string(world.port()) + ": Address already in use");
}

TEST_CASE("names are not looked up to listen on") {
  const auto started = HttpServer::start({.listen = {"localhost", 9464}}, [] { return ServiceStatus(); });

  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().message ==
        "'localhost' is no IP address to listen on; write 127.0.0.1 or [::1], and the port");
}

}  // namespace
}  // namespace alarum
