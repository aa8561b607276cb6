#include "daemon/runner/request_server.h"

#include "daemon/base/clock.h"
#include "daemon/base/fault.h"
#include "daemon/base/frame.h"
#include "daemon/base/log.h"
#include "daemon/runner/answer.h"
#include "daemon/runner/request.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace alarum::runner {
namespace {

constexpr std::size_t connections_max = 24;  // more than scripts can run
constexpr std::size_t accepted_at_once_max = 8;
constexpr std::size_t answered_at_once_max = 8;  // of one connection
constexpr std::chrono::seconds accept_pause{1};

bool is_later(int reason) { return reason == EAGAIN || reason == EWOULDBLOCK || reason == EINTR; }

std::string stranger_refusal(const std::string& user) {
  return refusal("asker", user, "the policy does not let this user ask");
}

/// Tells somebody who is not taken in why; whether that arrives is theirs to see to.
void turn_away(const Descriptor& socket, const std::string& answer) {
  const std::string bytes = frame(answer);
  static_cast<void>(send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

}  // namespace

RequestServer::RequestServer(Descriptor listening, Runner& runner, const Policy& policy)
    : listening_(std::move(listening)),
      runner_(runner),
      askers_(policy.askers),
      event_size_max_(policy.limits.event_size_max) {}

void RequestServer::step(int wake, Duration patience) {
  const bool is_asked = wait(wake, patience);
  ++round_;
  if (is_asked) accept_waiting();
  give(runner_.collect());
  for (Connection& connection : connections_) {
    if (connection.is_ready && connection.output.empty()) read_from(connection);
    if (connection.has_request && connection.output.empty()) answer_some(connection);
    write_to(connection);
  }
  std::erase_if(connections_, [](const Connection& connection) {
    return connection.is_ending && connection.output.empty() && !connection.has_request;
  });
}

void RequestServer::adopt(const Policy& policy) {
  askers_ = policy.askers;
  event_size_max_ = policy.limits.event_size_max;
}

/// Whether somebody wants to be taken in; which connections are ready is in them.
bool RequestServer::wait(int wake, Duration patience) {
  // A descriptor below 0 is passed over: while no more can be taken in, those who wait would end each wait.
  // So would askers who hung up while a script runs for them.
  const bool is_open = !is_door_closed_ && steady_now() >= accepts_at_;
  std::vector<pollfd> watched = {{is_open ? listening_.number() : -1, POLLIN, 0}, {wake, POLLIN, 0}};
  for (const Connection& connection : connections_) {
    const bool can_go_on = connection.output.empty() && connection.awaited.empty();
    if (connection.has_request && can_go_on) patience = Duration(0);
    const short event = connection.output.empty() ? POLLIN : POLLOUT;
    watched.push_back({connection.awaited.empty() ? connection.socket.number() : -1, event, 0});
  }
  for (const int report : runner_.descriptors()) watched.push_back({report, POLLIN, 0});
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
  const bool is_something = poll(watched.data(), watched.size(), static_cast<int>(milliseconds)) > 0;
  for (std::size_t i = 0; i < connections_.size(); ++i)
    connections_[i].is_ready = is_something && watched[i + 2].revents != 0;
  return is_something && watched[0].revents != 0;
}

void RequestServer::accept_waiting() {
  for (std::size_t i = 0; i < accepted_at_once_max; ++i) {
    Descriptor socket(accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.is_open()) {
      if (!is_later(errno)) accepts_at_ = steady_now() + accept_pause;  // no descriptors, or no memory
      return;
    }
    take_in(std::move(socket));
  }
}

void RequestServer::take_in(Descriptor socket) {
  auto peer = peer_credentials(socket.number());
  if (!peer || !askers_.admit(*peer)) {
    const std::string user = peer ? std::to_string(peer->user) : "-";
    if (const auto hidden = stranger_lines_.admit(steady_now()))
      log::warn("somebody asked who may not", {{"user", user}, {"hidden", std::to_string(*hidden)}});
    return turn_away(socket, stranger_refusal(user));
  }
  if (connections_.size() == connections_max && !make_room())
    return turn_away(socket, refusal("busy", "", "too many askers wait"));
  connections_.push_back({.socket = std::move(socket), .peer = *std::move(peer), .used = round_});
}

/// Somebody who has been silent for long loses the place, unless a script runs for them.
bool RequestServer::make_room() {
  const auto rank = [](const Connection& connection) {
    return std::pair(!connection.awaited.empty() || connection.has_request, connection.used);
  };
  const auto idle = std::min_element(
      connections_.begin(), connections_.end(),
      [&](const Connection& left, const Connection& right) { return rank(left) < rank(right); });
  if (rank(*idle).first) return false;
  connections_.erase(idle);
  return true;
}

void RequestServer::give(const std::vector<FinishedRun>& finished) {
  for (const FinishedRun& run : finished) {
    static_cast<void>(fault::point("before_answer"));  // where tests end the process
    for (Connection& connection : connections_) {
      if (connection.awaited != run.action_id) continue;
      connection.output += frame(run.answer(connection.is_repeated));
      connection.awaited.clear();
      connection.used = round_;
    }
  }
}

void RequestServer::read_from(Connection& connection) const {
  if (connection.input.size() > request_size_max())
    return;  // its requests wait for their turn, and so does it
  std::array<char, 65536> piece{};
  const ssize_t count = recv(connection.socket.number(), piece.data(), piece.size(), 0);
  if (count < 0 && is_later(errno)) return;
  if (count <= 0) {
    connection.is_ending = true;
    return;
  }
  connection.used = round_;
  connection.input.append(piece.data(), static_cast<std::size_t>(count));
  connection.has_request = true;
}

void RequestServer::answer_some(Connection& connection) {
  for (std::size_t i = 0; i < answered_at_once_max && connection.awaited.empty(); ++i) {
    auto bytes = take_frame(connection.input, request_size_max());
    if (!bytes) {
      connection.output += frame(refusal("request", "", bytes.error().message));
      connection.is_ending = true;
    }
    if (!bytes || !*bytes) {
      connection.has_request = false;
      return;
    }
    answer(connection, **bytes);
  }
}

void RequestServer::answer(Connection& connection, std::string_view bytes) {
  if (!askers_.admit(connection.peer)) {
    connection.output += frame(stranger_refusal(std::to_string(connection.peer.user)));
    connection.is_ending = true;
    return;
  }
  const auto request = parse_request(bytes);
  if (!request) {
    connection.output += frame(refusal("request", "", request.error().message));
    return;
  }
  const Reply reply = runner_.answer(*request, connection.peer.user);
  connection.is_repeated = reply.is_repeated;
  if (reply.is_pending) connection.awaited = request->action_id;
  if (!reply.is_pending) connection.output += frame(reply.text);
}

void RequestServer::write_to(Connection& connection) {
  while (!connection.output.empty()) {
    const ssize_t count =
        send(connection.socket.number(), connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
    if (count < 0 && is_later(errno)) return;
    if (count < 0) {
      connection.output.clear();
      connection.has_request = false;
      connection.is_ending = true;
      return;
    }
    connection.output.erase(0, static_cast<std::size_t>(count));
  }
}

std::size_t RequestServer::request_size_max() const { return request_line_max + 1 + event_size_max_; }

}  // namespace alarum::runner
