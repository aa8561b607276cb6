#include "daemon/base/frame_connection.h"

#include "daemon/base/clock.h"
#include "daemon/base/frame.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/base/system_error.h"
#include "daemon/base/unix_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <poll.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace alarum {
namespace {

/// The kernel says who began to listen: systemd, or the program itself.
Status check_listener(int descriptor, const Answerer& answerer) {
  TRY(const PeerCredentials peer, peer_credentials(descriptor));
  if (peer.user == 0 || peer.user == geteuid()) return {};
  // Last: a directory that does not answer must not keep root's panic waiting.
  const passwd* const own = getpwnam(answerer.user.c_str());
  if (own != nullptr && peer.user == own->pw_uid) return {};
  return Error{ErrorCode::io, "user " + std::to_string(peer.user) +
                                  " listens there, who is neither root nor " + answerer.user +
                                  ": that is another program in its place"};
}

bool is_again(int reason) { return reason == EAGAIN || reason == EWOULDBLOCK || reason == EINTR; }

}  // namespace

/// How long is waited: for the patience, or until somebody asks to stop, which wakes.
class FrameConnection::Waiting {
 public:
  Waiting(Duration patience, const std::stop_token& stop)
      : patience_(patience), stop_(stop), wake_(eventfd(0, EFD_CLOEXEC)), on_stop_(stop, [this] { wake(); }) {
    begin_anew();
  }

  /// From now on it lasts as long as at its beginning.
  void begin_anew() { end_ = steady_now() + patience_; }

  /// Whether the socket takes or has something before the end.
  bool until(int descriptor, short events) const {
    std::array<pollfd, 2> watched = {pollfd{descriptor, events, 0}, pollfd{wake_.number(), POLLIN, 0}};
    while (!is_over()) {
      constexpr std::int64_t longest = 60'000;  // milliseconds, and then again; below 0 would be for ever
      const std::int64_t left = std::clamp<std::int64_t>(
          std::chrono::ceil<std::chrono::milliseconds>(end_ - steady_now()).count(), 0, longest);
      if (poll(watched.data(), watched.size(), static_cast<int>(left)) > 0 && watched[0].revents != 0)
        return !stop_.stop_requested();
    }
    return false;
  }
  bool is_over() const { return stop_.stop_requested() || steady_now() >= end_; }

  /// Why it is over.
  Error error(const std::string& name) const {
    return {ErrorCode::io, stop_.stop_requested() ? "stopped before " + name + " answered"
                                                  : name + " does not answer in time"};
  }

 private:
  void wake() const {
    const std::uint64_t one = 1;
    // Where that fails the wait ends by its time.
    static_cast<void>(!write(wake_.number(), &one, sizeof(one)));
  }

  Duration patience_;
  Duration end_{0};
  std::stop_token stop_;
  Descriptor wake_;
  std::stop_callback<std::function<void()>> on_stop_;  // last: it uses the others
};

FrameConnection::FrameConnection(std::string socket, Answerer answerer)
    : socket_(std::move(socket)), answerer_(std::move(answerer)) {}

FrameAnswer FrameConnection::ask(const std::string& request, Repeatable repeatable,
                                 const std::stop_token& stop) {
  return ask_all(std::span(&request, 1), repeatable, stop).front();
}

std::vector<FrameAnswer> FrameConnection::ask_all(std::span<const std::string> requests,
                                                  Repeatable repeatable, const std::stop_token& stop) {
  Waiting waiting(answerer_.answer_patience, stop);
  std::vector<FrameAnswer> out(requests.size(), FrameAnswer{waiting.error(answerer_.name), false});
  if (stop.stop_requested()) return out;
  const bool was_open = is_sound();
  if (!was_open) connection_.reset();
  ask_once(requests, out, waiting);
  const auto open = std::find_if(out.begin(), out.end(), [](const FrameAnswer& one) { return !one.text; });
  const auto left = static_cast<std::size_t>(out.end() - open);
  const bool was_broken = left > 0 && was_open && !waiting.is_over();
  if (was_broken && (repeatable == Repeatable::yes || !open->is_sent))
    ask_once(requests.last(left), std::span(out).last(left), waiting);
  return out;
}

/// Nobody owes us anything between two requests: where there is something to hear, it is the end of the
/// connection, or an answer that nobody asked for.
bool FrameConnection::is_sound() const {
  if (!connection_.is_open()) return false;
  pollfd watched = {connection_.number(), POLLIN, 0};
  return poll(&watched, 1, 0) == 0;
}

/// Each gets its answer, or why there is none; what was sent before stays sent. Without all of the answers
/// the connection is closed.
void FrameConnection::ask_once(std::span<const std::string> requests, std::span<FrameAnswer> answers,
                               Waiting& waiting) {
  Status so_far = connection_.is_open() ? Status() : open();
  std::string bytes;
  for (const std::string& request : requests) bytes += frame(request);
  std::size_t sent = 0;
  if (so_far) so_far = send_all(bytes, sent, waiting);
  std::string received;
  for (std::size_t i = 0, end = 0; i < requests.size(); ++i) {
    end += frame(requests[i]).size();
    answers[i].is_sent = answers[i].is_sent || end <= sent;
    answers[i].text = so_far ? receive(received, waiting) : Result<std::string>(so_far.error());
    const bool is_too_much = i + 1 == requests.size() && !received.empty();
    if (answers[i].text && is_too_much)
      answers[i].text = Error{ErrorCode::invalid, answerer_.name + " says more than it was asked"};
    if (so_far && !answers[i].text) so_far = answers[i].text.error();
    if (so_far) waiting.begin_anew();
  }
  if (!so_far) connection_.reset();
}

Status FrameConnection::open() {
  auto number = connect_to_unix_socket(socket_, answerer_.patience);
  if (!number) {
    Error out = std::move(number).error();
    out.message += "; is " + answerer_.unit + " started, and may you ask it?";
    return out;
  }
  connection_ = Descriptor(*number);
  Status listener = check_listener(*number, answerer_);
  if (!listener) connection_.reset();
  return listener;
}

/// How much went out is in `sent`, which is less where the connection breaks meanwhile: who may not ask is
/// told so and hung up on before having asked, so that there is something to hear all the same.
Status FrameConnection::send_all(std::string_view bytes, std::size_t& sent, const Waiting& waiting) {
  while (sent < bytes.size()) {
    const std::string_view rest = bytes.substr(sent);
    const ssize_t size = send(connection_.number(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size >= 0) {
      sent += static_cast<std::size_t>(size);
      continue;
    }
    if (errno == EPIPE || errno == ECONNRESET) return {};
    if (!is_again(errno)) return system_error("cannot ask " + answerer_.name, errno);
    if (!waiting.until(connection_.number(), POLLOUT)) return waiting.error(answerer_.name);
  }
  return {};
}

/// The next answer; what came behind it stays in `received`.
Result<std::string> FrameConnection::receive(std::string& received, const Waiting& waiting) {
  for (;;) {
    TRY(auto text, take_frame(received, answerer_.answer_size_max));
    if (text) return *std::move(text);
    // An answer that comes byte by byte must not take for ever either.
    if (!waiting.until(connection_.number(), POLLIN)) return waiting.error(answerer_.name);
    std::array<char, 8192> piece{};
    const ssize_t count = recv(connection_.number(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (count < 0 && is_again(errno)) continue;
    if (count < 0) return system_error(answerer_.name + " does not answer", errno);
    if (count == 0) return Error{ErrorCode::io, answerer_.name + " hung up"};
    received.append(piece.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace alarum
