#include "daemon/api/http_server.h"

#include "daemon/api/accept_loop.h"
#include "daemon/api/http_routes.h"
#include "daemon/base/log.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <optional>
#include <utility>

namespace alarum {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Connections = AcceptLoop<asio::io_context, Tcp::acceptor, asio::steady_timer>;
using Answer = http::response<http::string_body>;

constexpr std::size_t drain_bytes = 4096;

std::string text_of(const Address& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

/// Names are not looked up: which address is open to whom is not left to a name server.
Result<Tcp::endpoint> endpoint_of(const Address& listen) {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(listen.host, error);
  if (!error) return Tcp::endpoint(address, listen.port);
  return Error{ErrorCode::invalid,
               "'" + listen.host + "' is no IP address to listen on; write 127.0.0.1 or [::1], and the port"};
}

Answer to_response(HttpAnswer answer, unsigned version, bool keep_alive) {
  Answer out{static_cast<http::status>(answer.status), version};
  out.set(http::field::content_type, answer.content_type);
  out.set(http::field::cache_control, "no-store");
  out.set("X-Content-Type-Options", "nosniff");
  if (answer.status == 405) out.set(http::field::allow, "GET");
  out.keep_alive(keep_alive);
  out.body() = std::move(answer.body);
  out.prepare_payload();
  return out;
}

/// What a request is answered with that could not be read; nothing where nobody is there to be answered.
std::optional<HttpAnswer> refusal(const error_code& error) {
  constexpr const char* type = "text/plain; charset=utf-8";
  if (error == http::error::header_limit) return HttpAnswer{431, type, "the header is too long\n"};
  if (error == http::error::body_limit) return HttpAnswer{413, type, "the body is too long\n"};
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_method).category())
    return HttpAnswer{400, type, "this is no HTTP request\n"};
  return std::nullopt;
}

}  // namespace

/// The port and its connections. Everything but construction, destruction and `port` runs on the thread.
class HttpServer::Impl {
 public:
  Impl(const Options& options, StatusProvider provider)
      : options_(options), provider_(std::move(provider)), connections_("http", options.connections_max) {}

  Status listen() {
    TRY(const Tcp::endpoint endpoint, endpoint_of(options_.listen));
    error_code error;
    Tcp::acceptor& acceptor = connections_.acceptor();
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(Tcp::acceptor::max_listen_connections, error);
    if (error)
      return Error{ErrorCode::io, "cannot listen on " + text_of(options_.listen) + ": " + error.message()};
    port_ = acceptor.local_endpoint(error).port();
    return {};
  }

  void run() {
    connections_.start(
        [this](Tcp::socket socket) { std::make_shared<Connection>(std::move(socket), *this)->read(); });
  }

  std::uint16_t port() const { return port_; }

 private:
  /// One client: reads a request, answers, and again. Owned by the handler that waits for it.
  class Connection : public std::enable_shared_from_this<Connection> {
   public:
    Connection(Tcp::socket socket, Impl& server) : stream_(std::move(socket)), server_(server) {}
    // Without memory to wait for one more connection the process ends, and is started anew.
    // NOLINTNEXTLINE(bugprone-exception-escape): see above
    ~Connection() { server_.connections_.connection_ended(); }

    void read() {
      const Options& options = server_.options_;
      parser_.emplace();
      parser_->header_limit(static_cast<std::uint32_t>(options.header_bytes_max));
      parser_->body_limit(options.body_bytes_max);
      stream_.expires_after(options.idle_max);
      http::async_read(stream_, buffer_, *parser_,
                       [self = shared_from_this()](error_code error, std::size_t) { self->answer(error); });
    }

   private:
    void answer(error_code error) {
      if (error) {
        auto refused = refusal(error);
        if (refused) write(to_response(*std::move(refused), 11, false));
        return;
      }
      const auto& request = parser_->get();
      const auto method = request.method_string();
      const auto target = request.target();
      HttpAnswer answer =
          http_answer({method.data(), method.size()}, {target.data(), target.size()}, server_.provider_);
      if (request.method() == http::verb::head) answer.body.clear();  // HTTP allows none, whatever the status
      write(to_response(std::move(answer), request.version(), request.keep_alive()));
    }

    void write(Answer answer) {
      answer_ = std::move(answer);
      stream_.expires_after(server_.options_.idle_max);
      http::async_write(stream_, answer_, [self = shared_from_this()](error_code error, std::size_t) {
        if (error) return;
        if (self->answer_.keep_alive()) return self->read();
        self->stream_.socket().shutdown(Tcp::socket::shutdown_send, error);
        self->drain();
      });
    }

    /// Reads what still comes, up to the time limit of the answer: closing a socket with unread bytes would
    /// reset the connection, and the client might never see the answer.
    void drain() {
      buffer_.clear();
      stream_.async_read_some(buffer_.prepare(drain_bytes),
                              [self = shared_from_this()](error_code error, std::size_t) {
                                if (!error) self->drain();
                              });
    }

    beast::tcp_stream stream_;
    Impl& server_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    Answer answer_;
  };

  const Options options_;
  const StatusProvider provider_;
  std::uint16_t port_ = 0;
  Connections connections_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->port(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(const Options& options, StatusProvider provider) {
  auto impl = std::make_unique<Impl>(options, std::move(provider));
  TRY_OK(impl->listen());
  impl->run();
  const Address address{options.listen.host, impl->port()};
  log::info("http server listens", {{"address", text_of(address)}});
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace alarum
