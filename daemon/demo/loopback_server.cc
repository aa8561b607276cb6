#include "daemon/demo/loopback_server.h"

#include "daemon/base/clock.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <sys/socket.h>

namespace alarum::demo {
namespace {

constexpr Duration patience = std::chrono::seconds(10);
constexpr std::size_t question_bytes_max = 1U << 20U;
constexpr int waiting_max = 16;

/// The number in the header `content-length`, whose name is written as anybody likes; 0 where there is none.
std::size_t length_of(std::string_view head) {
  constexpr std::string_view name = "\r\ncontent-length:";
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto found = std::search(head.begin(), head.end(), name.begin(), name.end(),
                                 [&](char one, char other) { return lower(one) == other; });
  if (found == head.end()) return 0;
  std::string_view rest = head.substr(static_cast<std::size_t>(found - head.begin()) + name.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  std::size_t out = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), out);
  return out;
}

/// A whole question: head and body.
Result<HttpQuestion> hear(const Socket& asker) {
  const Duration deadline = steady_now() + patience;
  std::string text;
  bool goes_on = true;
  std::size_t head_size = std::string::npos;
  while (goes_on && head_size == std::string::npos) {
    TRY(goes_on, receive_some(asker, deadline, question_bytes_max, text));
    head_size = text.find("\r\n\r\n");
  }
  // POST /path HTTP/1.1
  const std::size_t path_at = text.find(' ') + 1;
  const std::size_t path_end = text.find(' ', path_at);
  if (head_size == std::string::npos || path_at == 0 || path_end > head_size) {
    return Error{ErrorCode::invalid, "this is no HTTP"};
  }
  const std::size_t body_at = head_size + 4;
  const std::size_t body_size = length_of(std::string_view(text).substr(0, head_size));
  while (goes_on && text.size() - body_at < body_size) {
    TRY(goes_on, receive_some(asker, deadline, question_bytes_max, text));
  }
  return HttpQuestion{text.substr(0, path_at - 1), text.substr(path_at, path_end - path_at),
                      text.substr(body_at)};
}

std::string written(const HttpAnswer& answer) {
  const bool is_json = answer.body.starts_with('{');
  return "HTTP/1.1 " + std::to_string(answer.status) +
         " \r\nContent-Type: " + (is_json ? "application/json" : "text/plain; charset=utf-8") +
         "\r\nX-Content-Type-Options: nosniff\r\nContent-Length: " + std::to_string(answer.body.size()) +
         "\r\nConnection: close\r\n\r\n" + answer.body;
}

}  // namespace

Result<std::unique_ptr<LoopbackServer>> LoopbackServer::open() {
  std::unique_ptr<LoopbackServer> out(new LoopbackServer);
  const sockaddr_in address = loopback(0);
  const int descriptor = out->listening_.descriptor();
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(descriptor, waiting_max) != 0) {
    return socket_error("cannot listen at 127.0.0.1");
  }
  fcntl(descriptor, F_SETFL, O_NONBLOCK);  // who was there may be gone
  TRY(out->port_, port_of(out->listening_));
  return out;
}

void LoopbackServer::serve_one(const Answerer& answer) const {
  const Socket asker(accept4(descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
  if (asker.descriptor() < 0) return;
  const auto question = hear(asker);
  if (!question) return;
  const std::string text = written(answer(*question));
  // A socket that is ready to wait takes all of it, or its other end is gone.
  static_cast<void>(send(asker.descriptor(), text.data(), text.size(), MSG_NOSIGNAL));
}

}  // namespace alarum::demo
