#include "daemon/api/control_server.h"

#include "daemon/api/accept_loop.h"
#include "daemon/api/rate_window.h"
#include "daemon/api/status_json.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/base/unix_socket.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>
#include <utility>

namespace alarum {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;
using Connections = AcceptLoop<asio::io_context, Protocol::acceptor, asio::steady_timer>;

}  // namespace

/// The connections and the window of rates. Everything but construction and destruction runs on the thread.
class ControlServer::Impl {
 public:
  Impl(const Options& options, StatusProvider provider, ControlHandler handler)
      : options_(options),
        provider_(std::move(provider)),
        handler_(std::move(handler)),
        connections_("control", options.connections_max),
        look_timer_(connections_.context()) {}

  ~Impl() {
    connections_.stop();
    if (connections_.acceptor().is_open()) unlink(options_.path.c_str());
  }

  Status listen() {
    TRY(const int descriptor, listen_on_unix_socket(options_.path));
    error_code error;
    connections_.acceptor().assign(Protocol(), descriptor, error);
    if (!error) return {};
    close(descriptor);
    unlink(options_.path.c_str());
    return Error{ErrorCode::io, "cannot listen on " + options_.path + ": " + error.message()};
  }

  void run() {
    look();
    connections_.start(
        [this](Protocol::socket socket) { std::make_shared<Connection>(std::move(socket), *this)->begin(); });
  }

 private:
  /// One client: one request, one answer. Owned by the handlers that wait for it.
  class Connection : public std::enable_shared_from_this<Connection> {
   public:
    Connection(Protocol::socket socket, Impl& server)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), server_(server) {}
    // Without memory to wait for one more connection the process ends, and is started anew.
    // NOLINTNEXTLINE(bugprone-exception-escape): see above
    ~Connection() { server_.connections_.connection_ended(); }

    void begin() {
      limit_time();
      const auto peer = peer_credentials(socket_.native_handle());
      if (!peer) return write(control_refusal("unavailable", peer.error().message));
      peer_ = *peer;
      if (!may_ask(*peer, geteuid(), getegid())) {
        log::warn("control request refused", {{"user", std::to_string(peer->user)}});
        return write(
            control_refusal("forbidden", "only root, the user of alarumd and members of its group may ask"));
      }
      read();
    }

   private:
    void read() {
      asio::async_read_until(
          socket_, asio::dynamic_buffer(request_, control_request_bytes_max), '\n',
          [self = shared_from_this()](error_code error, std::size_t size) { self->answer(error, size); });
    }

    void answer(error_code error, std::size_t size) {
      if (error == asio::error::not_found)
        return write(control_refusal("invalid", "the request is longer than " +
                                                    std::to_string(control_request_bytes_max) +
                                                    " bytes, or has no line end"));
      if (error) {
        timer_.cancel();
        return;
      }
      write(server_.answer_to(std::string_view(request_).substr(0, size - 1), peer_));
    }

    void write(std::string answer) {
      answer_ = std::move(answer) + "\n";
      limit_time();
      asio::async_write(socket_, asio::buffer(answer_),
                        [self = shared_from_this()](error_code, std::size_t) { self->timer_.cancel(); });
    }

    /// Too slow, the client loses its connection, and with it what waits for it.
    void limit_time() {
      timer_.expires_after(server_.options_.idle_max);
      timer_.async_wait([self = shared_from_this()](error_code cancelled) {
        error_code ignored;
        if (!cancelled) self->socket_.close(ignored);
      });
    }

    Protocol::socket socket_;
    asio::steady_timer timer_;
    Impl& server_;
    PeerCredentials peer_;
    std::string request_;
    std::string answer_;
  };

  /// Feeds the window of rates, again and again.
  void look() {
    look_timer_.expires_after(RateWindow::interval);
    look_timer_.async_wait([this](error_code cancelled) {
      if (cancelled) return;
      look();
      const ServiceStatus status = provider_();
      if (status.line) window_.add(steady_now(), *status.line);
    });
  }

  std::string answer_to(std::string_view line, const PeerCredentials& peer) {
    const auto request = parse_control_request(line);
    if (!request) return control_refusal("invalid", request.error().message);
    if (request->command() != "status") return handler_(*request, peer);
    return status_json(provider_(), window_.rates());
  }

  const Options options_;
  const StatusProvider provider_;
  const ControlHandler handler_;
  RateWindow window_;
  Connections connections_;
  asio::steady_timer look_timer_;
};

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ControlServer::~ControlServer() = default;

Result<std::unique_ptr<ControlServer>> ControlServer::start(const Options& options, StatusProvider provider,
                                                            ControlHandler handler) {
  auto impl = std::make_unique<Impl>(options, std::move(provider), std::move(handler));
  TRY_OK(impl->listen());
  impl->run();
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(impl)));
}

}  // namespace alarum
