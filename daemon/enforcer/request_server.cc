#include "daemon/enforcer/request_server.h"

#include "daemon/base/clock.h"
#include "daemon/base/fault.h"
#include "daemon/base/log.h"
#include "daemon/enforcer/frame.h"
#include "daemon/enforcer/request.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace alarum::enforcer {
namespace {

constexpr std::size_t connections_max = 64;
constexpr std::size_t connections_of_user_max = 32;
/// Everybody who waits at the door, as long as a listening queue may be: root may stand at its end.
constexpr std::size_t accepted_at_once_max = 4096;
constexpr std::size_t answered_at_once_max = 8;  // of one connection
constexpr std::chrono::milliseconds answering_max{250};
constexpr std::chrono::seconds accept_pause{1};
constexpr std::size_t input_max = std::size_t{16} * (request_bytes_max + 4);

bool is_later(int reason) { return reason == EAGAIN || reason == EWOULDBLOCK || reason == EINTR; }

/// Whether nobody can hear an answer any more. Who only says no more (`shutdown`) still listens.
bool has_hung_up(int descriptor) {
  pollfd watched = {descriptor, 0, 0};
  return poll(&watched, 1, 0) > 0 && (watched.revents & (POLLHUP | POLLERR)) != 0;
}

Answer stranger_refusal(const std::string& user) {
  return Answer({"asker", user, "the policy does not let this user ask"});
}

}  // namespace

RequestServer::RequestServer(int listening, Enforcer& enforcer, Askers askers)
    : listening_(listening), enforcer_(enforcer), askers_(std::move(askers)) {}

RequestServer::~RequestServer() {
  for (const Connection& connection : connections_) close(connection.descriptor);
  close(listening_);
}

void RequestServer::step(std::span<const int> wakes, Duration patience) {
  const bool is_asked = wait(wakes, patience);
  ++round_;
  if (is_asked) accept_waiting();
  for (Connection& connection : connections_) {
    if (connection.is_ready && connection.output.empty()) read_from(connection);
    if (connection.is_ready) write_to(connection);
  }
  // All that is answered below came before this, so the host is looked at once for all of it.
  enforcer_.begin_batch();
  answer_in_turn();
  close_ended();
}

/// Whether somebody wants to be taken in; which connections are ready is in them.
bool RequestServer::wait(std::span<const int> wakes, Duration patience) {
  // A descriptor below 0 is passed over: while no more can be taken in, those who wait would end each wait.
  std::vector<pollfd> watched = {{steady_now() < accepts_at_ ? -1 : listening_, POLLIN, 0}};
  for (const int wake : wakes) watched.push_back({wake, POLLIN, 0});
  for (const Connection& connection : connections_) {
    if (connection.is_waiting && connection.output.empty()) patience = Duration(0);
    const short event = connection.output.empty() ? POLLIN : POLLOUT;
    watched.push_back({connection.descriptor, event, 0});
  }
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
  const bool is_something = poll(watched.data(), watched.size(), static_cast<int>(milliseconds)) > 0;
  for (std::size_t i = 0; i < connections_.size(); ++i)
    connections_[i].is_ready = is_something && watched[i + 1 + wakes.size()].revents != 0;
  return is_something && watched[0].revents != 0;
}

void RequestServer::accept_waiting() {
  for (std::size_t i = 0; i < accepted_at_once_max; ++i) {
    const int descriptor = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0) {
      take_in(descriptor);
      continue;
    }
    if (!is_later(errno)) accepts_at_ = steady_now() + accept_pause;  // no descriptors, or no memory
    return;
  }
}

void RequestServer::take_in(int descriptor) {
  auto peer = peer_credentials(descriptor);
  if (!peer || !askers_.admit(*peer)) {
    const std::string user = peer ? std::to_string(peer->user) : "-";
    if (const auto hidden = stranger_lines_.admit(steady_now()))
      log::warn("somebody asked who may not", {{"user", user}, {"hidden", std::to_string(*hidden)}});
    const std::string refusal = frame(stranger_refusal(user).text());
    static_cast<void>(send(descriptor, refusal.data(), refusal.size(), MSG_NOSIGNAL));
    close(descriptor);
    return;
  }
  make_room_for(peer->user);
  connections_.push_back({.descriptor = descriptor, .peer = *std::move(peer), .used = round_});
}

/// Somebody who has been silent for long loses the place: of the same user, who has enough of them, or of
/// anybody, but never of root, since no user alone can take all places.
void RequestServer::make_room_for(uid_t user) {
  const auto count = std::count_if(connections_.begin(), connections_.end(),
                                   [&](const Connection& known) { return known.peer.user == user; });
  const bool has_enough = static_cast<std::size_t>(count) >= connections_of_user_max;
  if (!has_enough && connections_.size() < connections_max) return;
  const auto comes_first = [&](const Connection& left, const Connection& right) {
    const auto rank = [&](const Connection& known) {
      return std::pair(has_enough ? known.peer.user != user : known.peer.user == 0, known.used);
    };
    return rank(left) < rank(right);
  };
  const auto idle = std::min_element(connections_.begin(), connections_.end(), comes_first);
  close(idle->descriptor);
  connections_.erase(idle);
}

void RequestServer::read_from(Connection& connection) {
  if (connection.input.size() >= input_max) return;  // its requests wait for their turn, and so does it
  std::array<char, 16384> piece{};
  const ssize_t count = recv(connection.descriptor, piece.data(), piece.size(), 0);
  if (count < 0 && is_later(errno)) return;
  if (count <= 0) {
    connection.is_ending = true;
    return;
  }
  connection.used = round_;
  connection.input.append(piece.data(), static_cast<std::size_t>(count));
  connection.is_waiting = true;
}

/// Root comes first, then who got nothing for the longest time.
void RequestServer::answer_in_turn() {
  std::vector<Connection*> turn;
  for (Connection& connection : connections_) {
    if (connection.is_waiting && connection.output.empty()) turn.push_back(&connection);
  }
  std::stable_sort(turn.begin(), turn.end(), [](const Connection* left, const Connection* right) {
    return std::pair(left->peer.user != 0, left->answered) <
           std::pair(right->peer.user != 0, right->answered);
  });
  const Duration end = steady_now() + answering_max;
  for (Connection* const connection : turn) {
    if (connection->peer.user != 0 && steady_now() > end) return;
    connection->answered = round_;
    answer_some(*connection, end);
    write_to(*connection);
  }
}

/// Others than root get no further answer behind `end`; the rest of what they asked waits for the next round.
void RequestServer::answer_some(Connection& connection, Duration end) {
  for (std::size_t i = 0; i < answered_at_once_max; ++i) {
    if (i > 0 && connection.peer.user != 0 && steady_now() > end) return;
    auto text = take_frame(connection.input);
    if (!text) {
      connection.output += frame(Answer({"request", "", text.error().message}).text());
      connection.is_ending = true;
    }
    if (!text || !*text) {
      connection.is_waiting = false;
      return;
    }
    connection.output += frame(answer(**text, connection));
    static_cast<void>(fault::point("before_answer"));  // where tests end the process
    if (!askers_.admit(connection.peer)) connection.is_ending = true;
  }
}

std::string RequestServer::answer(const std::string& text, const Connection& connection) {
  const PeerCredentials& peer = connection.peer;
  if (!askers_.admit(peer)) return stranger_refusal(std::to_string(peer.user)).text();
  const auto request = parse_request(text);
  if (!request) return Answer({"request", "", request.error().message}).text();
  // Looked at now and not when it was read: who closes this one and asks on another is answered in one of the
  // two orders, and in neither is a block made behind its undoing.
  if (request->verb == Verb::block && has_hung_up(connection.descriptor)) return give_up(connection);
  return enforcer_.answer(*request, peer.user).text();
}

/// Nobody hears this answer; the log does.
std::string RequestServer::give_up(const Connection& connection) {
  if (const auto hidden = gone_lines_.admit(steady_now()))
    log::warn("a block was not made: who asked for it did not wait for the answer",
              {{"user", std::to_string(connection.peer.user)}, {"hidden", std::to_string(*hidden)}});
  return Answer({"request", "", "who asked has hung up"}).text();
}

void RequestServer::write_to(Connection& connection) {
  while (!connection.output.empty()) {
    const ssize_t count =
        send(connection.descriptor, connection.output.data(), connection.output.size(), MSG_NOSIGNAL);
    if (count < 0 && is_later(errno)) return;
    if (count < 0) {
      connection.output.clear();
      connection.is_ending = true;
      return;
    }
    connection.output.erase(0, static_cast<std::size_t>(count));
  }
}

void RequestServer::close_ended() {
  std::erase_if(connections_, [](const Connection& connection) {
    const bool is_over = connection.is_ending && connection.output.empty() && !connection.is_waiting;
    if (is_over) close(connection.descriptor);
    return is_over;
  });
}

}  // namespace alarum::enforcer
