#pragma once

#include "config/settings.h"
#include "daemon/base/descriptor.h"
#include "daemon/base/frame.h"
#include "daemon/base/unix_socket.h"
#include "responders/responder_kinds.h"
#include "tests/unit/responders/notice_world.h"
#include "tests/unit/support/still_clock.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace alarum::test {

/// A program behind a Unix socket that answers as it is told: each reply is the bytes that it sends for the
/// request of its number; after the last reply, and with an empty one, it says nothing. Where a reply ends
/// with `hang_up` it closes the connection; one that begins with `pause` takes 400 ms.
class SocketStandIn {
 public:
  static inline const std::string hang_up = "\x01hang up";
  static inline const std::string pause = "\x01pause";

  explicit SocketStandIn(std::vector<std::string> replies) : replies_(std::move(replies)) {
    const auto listening = listen_on_unix_socket(path());
    REQUIRE(listening.has_value());
    listening_ = Descriptor(*listening);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }

  std::string path() const { return folder_ / "stand-in.sock"; }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() {
    const std::lock_guard lock(mutex_);
    return connections_;
  }
  /// How many requests had come before the first of them was answered, at most.
  std::size_t most_at_once() {
    const std::lock_guard lock(mutex_);
    return most_at_once_;
  }

 private:
  static bool is_readable(int descriptor) {
    pollfd watched = {descriptor, POLLIN, 0};
    constexpr int milliseconds = 5;
    return poll(&watched, 1, milliseconds) > 0;
  }

  void serve(const std::stop_token& stop) {
    Descriptor connection;
    std::string received;
    while (!stop.stop_requested()) {
      if (!is_readable(connection.is_open() ? connection.number() : listening_.number())) continue;
      if (!connection.is_open()) {
        connection = Descriptor(accept(listening_.number(), nullptr, nullptr));
        received.clear();
        const std::lock_guard lock(mutex_);
        ++connections_;
        continue;
      }
      std::array<char, 65536> piece{};
      const ssize_t size = recv(connection.number(), piece.data(), piece.size(), 0);
      if (size <= 0) {
        connection.reset();
        continue;
      }
      received.append(piece.data(), static_cast<std::size_t>(size));
      std::size_t count = 0;
      while (connection.is_open()) {
        auto request = take_frame(received, 64U << 20U);
        if (!request || !*request) break;
        ++count;
        if (!answer(connection.number(), **request)) connection.reset();
      }
      const std::lock_guard lock(mutex_);
      most_at_once_ = std::max(most_at_once_, count);
    }
  }

  /// Whether the connection stays open.
  bool answer(int descriptor, const std::string& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (requests_.size() > replies_.size()) return true;
    std::string_view reply = replies_[requests_.size() - 1];
    if (reply.starts_with(pause)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      reply.remove_prefix(pause.size());
    }
    const std::size_t end = reply.find(hang_up);
    const std::string_view bytes = reply.substr(0, end);
    if (!bytes.empty()) send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return end == std::string::npos;
  }

  TemporaryFolder folder_;
  std::vector<std::string> replies_;
  std::mutex mutex_;  // between the test and the thread
  std::vector<std::string> requests_;
  std::size_t connections_ = 0;
  std::size_t most_at_once_ = 0;
  Descriptor listening_;
  std::jthread thread_;
};

/// A web server that answers as it is told, without a network.
struct HttpStandIn {
  std::vector<HttpOutcome> outcomes;  ///< for one request after the other
  std::vector<HttpRequest> requests;

  HttpStandIn& answers(int status, std::string body = "", std::string retry_after = "") {
    outcomes.push_back({HttpResponse{status, std::move(retry_after), std::move(body)}, std::nullopt});
    return *this;
  }
  HttpStandIn& fails(HttpFailure failure, bool is_sent) {
    outcomes.push_back({HttpError{failure, "https://host:443: it fails", is_sent}, std::nullopt});
    return *this;
  }
};

/// One responder, made of an entry of a configuration as the daemon makes it.
class ResponderWorld {
 public:
  explicit ResponderWorld(const std::string& entry) : settings_(alarum_options().root()) {
    settings_.read_file({"alarum.yaml", "responders:\n- {name: it, " + entry + "}\n"});
    settings_.check();
    const SecretFiles secrets(Secrets::read, {});
    const ResponderPorts ports{clock, [this](const HttpClient::Options&) -> Result<HttpSend> {
                                 return HttpSend([this](const HttpRequest& request, const std::stop_token&) {
                                   http.requests.push_back(request);
                                   const std::size_t at = http.requests.size() - 1;
                                   REQUIRE(at < http.outcomes.size());
                                   return http.outcomes[at];
                                 });
                               }};
    made_ = make_responders(settings_.root(), secrets, ports);
  }

  /// What is wrong with the entry: `reason: message`, a line each.
  std::string problems() const {
    std::string out;
    for (const Diagnostic& problem : settings_.problems())
      out += std::string(problem.reason) + ": " + problem.message + "\n";
    return out;
  }
  bool is_made() const { return made_.size() == 1; }
  DeliveryClass delivery() const { return made_.at(0).delivery; }
  Responder& responder() {
    INFO(problems());
    REQUIRE(is_made());
    return *made_.front().responder;
  }
  ActionResult act(const Action& action) { return responder().act(action, {}); }

  StillClock clock;
  HttpStandIn http;

 private:
  Settings settings_;
  std::vector<MadeResponder> made_;
};

/// An action about the notice of the tests.
inline Action plain_action() {
  Action out;
  out.notice = plain_notice();
  out.target_type = "source.ip";
  out.target = "192.0.2.1";
  out.lasts = std::chrono::minutes(15);
  out.expires = *parse_time("2026-01-02T03:10:00Z");
  return out;
}

}  // namespace alarum::test
