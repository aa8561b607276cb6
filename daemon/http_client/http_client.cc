#include "daemon/http_client/http_client.h"

#include "daemon/base/fault.h"
#include "daemon/base/printable.h"
#include "daemon/http_client/http_header.h"
#include "daemon/http_client/http_origin.h"

#include <algorithm>
#include <array>
#include <curl/curl.h>

namespace alarum {
namespace {

/// What one answer may have in headers, also in interim answers (1xx) and trailers.
constexpr std::size_t header_bytes_max = 64U << 10U;
constexpr std::size_t retry_after_bytes_max = 64;
constexpr int wait_milliseconds_max = 1000;  // between two looks; whoever cancels wakes us before

struct EasyEnd {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiEnd {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListEnd {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListEnd>;

/// Sets options of one transfer and remembers whether libcurl knew them all: one that it refuses might be the
/// one that keeps us safe.
class Settings {
 public:
  explicit Settings(CURL* easy) : easy_(easy) {}

  template <class Value>
  Settings& set(CURLoption option, Value value) {
    if (const CURLcode code = curl_easy_setopt(easy_, option, value); code != CURLE_OK) first_trouble_ = code;
    return *this;
  }
  CURLcode trouble() const { return first_trouble_; }

 private:
  CURL* easy_;
  CURLcode first_trouble_ = CURLE_OK;
};

/// What libcurl tells us while one request runs.
struct Exchange {
  std::size_t body_bytes_max = 0;
  std::size_t header_bytes = 0;
  HttpResponse response;
  std::optional<IpAddress> peer;
  bool is_sent = false;
  bool is_head_whole = false;
  bool is_too_large = false;
  std::array<char, CURL_ERROR_SIZE> trouble{};
};

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& exchange = *static_cast<Exchange*>(target);
  if (count > exchange.body_bytes_max - exchange.response.body.size()) {
    exchange.is_too_large = true;
    return 0;  // libcurl ends the transfer
  }
  exchange.response.body.append(bytes, count);
  return count;
}

/// The value where `line` is a header of this name, given in lower case.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] - 'A' + 'a') : line[i];
    if (c != name[i]) return std::nullopt;
  }
  line.remove_prefix(name.size() + 1);
  constexpr std::string_view spaces = " \t\r\n";
  const std::size_t first = line.find_first_not_of(spaces);
  if (first == std::string_view::npos) return std::string_view();
  return line.substr(first, line.find_last_not_of(spaces) - first + 1);
}

std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& exchange = *static_cast<Exchange*>(target);
  exchange.header_bytes += count;
  if (exchange.header_bytes > header_bytes_max) {
    exchange.is_too_large = true;
    return 0;
  }
  const std::string_view line(bytes, count);
  if (line.starts_with("HTTP/")) {  // what came before was interim
    exchange.response.retry_after.clear();
    exchange.is_head_whole = false;
  }
  if (line == "\r\n" || line == "\n") exchange.is_head_whole = true;
  if (const auto value = value_of(line, "retry-after"); value && value->size() <= retry_after_bytes_max)
    exchange.response.retry_after = *value;
  return count;
}

/// Called when there is a connection, whose certificate is good where it has to have one, and right before
/// the request goes out on it.
int before_sending(void* target, char* peer, char*, int, int) {
  auto& exchange = *static_cast<Exchange*>(target);
  exchange.peer = IpAddress::parse(peer);
  if (!fault::point("http_before_send")) return CURL_PREREQFUNC_ABORT;
  exchange.is_sent = true;
  return CURL_PREREQFUNC_OK;
}

long milliseconds_of(Duration duration) {
  constexpr std::chrono::milliseconds most = std::chrono::hours(24);  // 0 would mean for ever
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(std::min<Duration>(duration, most));
  return static_cast<long>(std::max(rounded, std::chrono::milliseconds(1)).count());
}

bool append(HeaderList& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

/// The headers as libcurl takes them; null when there is no memory. `Expect:` and an empty content type keep
/// it from adding its own.
HeaderList header_list(const HttpRequest& request) {
  HeaderList out;
  if (!append(out, "Expect:") || !append(out, "Content-Type:")) return nullptr;
  for (const HttpHeader& header : request.headers) {
    if (!append(out, header.name + ": " + header.value)) return nullptr;
  }
  return out;
}

HttpFailure failure_of(CURLcode code, const Exchange& exchange) {
  if (exchange.is_too_large) return HttpFailure::too_large;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return HttpFailure::resolve;
    case CURLE_OPERATION_TIMEDOUT: return HttpFailure::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ENGINE_INITFAILED: return HttpFailure::tls;
    case CURLE_OUT_OF_MEMORY:  // so libcurl calls a single header of more than 100 KB
      return exchange.is_sent ? HttpFailure::too_large : HttpFailure::connect;
    default: return exchange.is_sent ? HttpFailure::protocol : HttpFailure::connect;
  }
}

std::string_view phrase_of(HttpFailure failure, bool is_sent) {
  switch (failure) {
    case HttpFailure::request: return "the request is not sent";
    case HttpFailure::resolve: return "the name leads nowhere";
    case HttpFailure::connect: return "no connection";
    case HttpFailure::tls: return "no connection that can be trusted";
    case HttpFailure::timeout: return is_sent ? "no whole answer in time" : "no connection in time";
    case HttpFailure::too_large: return "the answer is larger than what is taken of it";
    case HttpFailure::protocol: return "the answer breaks off or is no HTTP";
    case HttpFailure::cancelled: return "cancelled";
  }
  return "";
}

/// What libcurl says of a failure: before anything was sent in its own words of the case, which say what to
/// mend ("certificate has expired") and hold nothing of the request but the host; later a fixed text.
std::string detail_of(CURLcode code, HttpFailure failure, const Exchange& exchange) {
  if (failure == HttpFailure::timeout || failure == HttpFailure::too_large) return {};
  if (failure == HttpFailure::protocol || exchange.trouble[0] == '\0') return curl_easy_strerror(code);
  return printable(exchange.trouble.data());
}

HttpOutcome failed(HttpFailure failure, std::string message, const Exchange& exchange) {
  return {HttpError{failure, std::move(message), exchange.is_sent}, exchange.peer};
}

/// Prepares the library once in a process; before other threads need it, since it is a static of a function.
bool library_is_ready() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK;
}

}  // namespace

/// libcurl's handles, which keep connections between requests.
struct HttpClient::Session {
  Options options;
  // In this order, so that the transfer ends before what holds its connections.
  std::unique_ptr<CURLM, MultiEnd> multi;
  std::unique_ptr<CURL, EasyEnd> easy;

  CURLcode prepare(const HttpRequest& request, curl_slist* headers, Exchange& exchange);
  std::optional<CURLcode> run(const std::stop_token& stop, Exchange& exchange);

 private:
  void set_limits(Settings& settings, const HttpRequest& request, Exchange& exchange) const;
  void set_trust(Settings& settings) const;
};

void HttpClient::Session::set_limits(Settings& settings, const HttpRequest& request,
                                     Exchange& exchange) const {
  settings.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(request.connect_timeout))
      .set(CURLOPT_TIMEOUT_MS, milliseconds_of(request.total_timeout))
      .set(CURLOPT_NOSIGNAL, 1L)
      // A thread that waits for a name server is left behind instead of waited for: else a cancelled request
      // takes as long as the resolver does.
      .set(CURLOPT_QUICK_EXIT, 1L)
      .set(CURLOPT_WRITEFUNCTION, &take_body)
      .set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange))
      .set(CURLOPT_HEADERFUNCTION, &take_header)
      .set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange))
      .set(CURLOPT_PREREQFUNCTION, &before_sending)
      .set(CURLOPT_PREREQDATA, static_cast<void*>(&exchange))
      .set(CURLOPT_ERRORBUFFER, exchange.trouble.data());
}

void HttpClient::Session::set_trust(Settings& settings) const {
  settings.set(CURLOPT_PROTOCOLS_STR, "http,https")
      .set(CURLOPT_FOLLOWLOCATION, 0L)
      .set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L)
      .set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED))
      .set(CURLOPT_HTTP09_ALLOWED, 0L)
      .set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1))
      .set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2))
      .set(CURLOPT_SSL_VERIFYPEER, 1L)
      .set(CURLOPT_SSL_VERIFYHOST, 2L)
      // Empty texts, too, keep libcurl from reading the environment.
      .set(CURLOPT_PROXY, options.proxy.c_str())
      .set(CURLOPT_NOPROXY, "")
      .set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)
      .set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE))  // a proxy is not told of secrets
      .set(CURLOPT_USERAGENT, options.user_agent.c_str());
  if (options.ca_file.empty()) return;
  settings.set(CURLOPT_CAINFO, options.ca_file.c_str()).set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
}

CURLcode HttpClient::Session::prepare(const HttpRequest& request, curl_slist* headers, Exchange& exchange) {
  exchange.body_bytes_max = request.response_bytes_max;
  Settings settings(easy.get());
  set_limits(settings, request, exchange);
  set_trust(settings);
  settings.set(CURLOPT_URL, request.url.c_str()).set(CURLOPT_HTTPHEADER, headers);
  if (request.method == HttpMethod::post) {
    settings.set(CURLOPT_POST, 1L)
        .set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()))
        .set(CURLOPT_POSTFIELDS, request.body.c_str());
    // On a connection that was used before, libcurl may send twice.
    if (!request.is_repeatable) settings.set(CURLOPT_FRESH_CONNECT, 1L).set(CURLOPT_FORBID_REUSE, 1L);
  }
  return settings.trouble();
}

/// What libcurl says at the end; nothing when it was stopped before.
std::optional<CURLcode> HttpClient::Session::run(const std::stop_token& stop, Exchange& exchange) {
  std::optional<CURLcode> out;
  if (curl_multi_add_handle(multi.get(), easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
  {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi.get()); });
    int running = 1;
    while (running > 0 && !stop.stop_requested()) {
      if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
      if (running > 0 && curl_multi_poll(multi.get(), nullptr, 0, wait_milliseconds_max, nullptr) != CURLM_OK)
        break;
    }
    if (running > 0 && !stop.stop_requested()) out = CURLE_FAILED_INIT;
  }
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg == CURLMSG_DONE) out = message->data.result;
  }
  curl_multi_remove_handle(multi.get(), easy.get());
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  curl_easy_reset(easy.get());  // it forgets where `exchange` and the request are, but no connection
  return out;
}

HttpClient::HttpClient(std::unique_ptr<Session> session) : session_(std::move(session)) {}

HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::make(Options options) {
  if (!options.proxy.empty()) {
    const auto origin = http_origin(options.proxy);
    if (!origin) return Error(origin.error()).within("proxy");
    if (!origin->starts_with("http://"))
      return Error{ErrorCode::unsupported, "proxy: it is asked by http:// only"};
  }
  if (!library_is_ready()) return Error{ErrorCode::io, "libcurl does not start"};
  auto session = std::make_unique<Session>();
  session->options = std::move(options);
  session->multi.reset(curl_multi_init());
  session->easy.reset(curl_easy_init());
  if (!session->multi || !session->easy ||
      curl_multi_setopt(session->multi.get(), CURLMOPT_MAXCONNECTS, session->options.connections_max) !=
          CURLM_OK)
    return Error{ErrorCode::io, "libcurl does not start"};
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(session)));
}

HttpOutcome HttpClient::send(const HttpRequest& request, std::stop_token stop) {
  Exchange exchange;
  const auto origin = http_origin(request.url);
  if (!origin) return failed(HttpFailure::request, origin.error().message, exchange);
  const auto said = [&](HttpFailure failure, const std::string& detail) {
    std::string message = *origin + ": " + std::string(phrase_of(failure, exchange.is_sent));
    if (!detail.empty()) message += ": " + detail;
    return failed(failure, std::move(message), exchange);
  };
  if (const Status headers = check_headers(request.headers); !headers)
    return said(HttpFailure::request, headers.error().message);
  if (request.method == HttpMethod::get && !request.body.empty())
    return said(HttpFailure::request, "a request that only asks has no body");
  const HeaderList headers = header_list(request);
  if (!headers) return said(HttpFailure::request, "no memory for its headers");
  if (const CURLcode code = session_->prepare(request, headers.get(), exchange); code != CURLE_OK)
    return said(HttpFailure::request, std::string("libcurl refuses a setting: ") + curl_easy_strerror(code));

  const std::optional<CURLcode> code = session_->run(stop, exchange);
  if (!code) return said(HttpFailure::cancelled, "");
  if (*code != CURLE_OK) {
    const HttpFailure failure = failure_of(*code, exchange);
    return said(failure, detail_of(*code, failure, exchange));
  }
  // For libcurl a connection that is closed within the headers is a whole answer without a body.
  if (!exchange.is_head_whole) return said(HttpFailure::protocol, "closed within its headers");
  if (const Status passed = fault::point("http_after_answer"); !passed)
    return said(HttpFailure::protocol, passed.error().message);
  return {std::move(exchange.response), exchange.peer};
}

}  // namespace alarum
