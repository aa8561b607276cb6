#include "daemon/http_client/http_client.h"
#include "daemon/http_client/http_header.h"
#include "daemon/http_client/http_origin.h"
#include "daemon/http_client/http_verdict.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using namespace std::string_literals;

HttpOutcome answered(int status) { return {HttpResponse{status, {}, {}}, {}}; }

HttpOutcome failed(HttpFailure failure, bool is_sent) { return {HttpError{failure, {}, is_sent}, {}}; }

/// What is said of a header; empty where it may be sent.
std::string problem_of(const std::string& name, const std::string& value) {
  const HttpHeader header{name, value};
  const Status checked = check_headers({&header, 1});
  return checked ? std::string() : checked.error().message;
}

}  // namespace

TEST_CASE("whom a URL leads to is shown without what is asked for there") {
  CHECK(*http_origin("https://hooks.example.org/T0/B0/secret?a=secret") == "https://hooks.example.org:443");
  CHECK(*http_origin("http://10.0.0.1:8080") == "http://10.0.0.1:8080");
  CHECK(*http_origin("HTTP://[2001:db8::1]:99/x") == "http://[2001:db8::1]:99");
}

TEST_CASE("a URL that is refused is not shown") {
  for (const char* url :
       {"", "secret", "secret.example.org/x", "ftp://secret/", "file:///secret", "https://",
        "https:///secret", "https://joe@secret/", "https://joe:secret@host/", "https://host/secret#part",
        "https://host/a secret", "https://host/secret\r\nX: y", "https://host/\x01secret",
        "https://secret\xC3\xBC.example.org/", "https://host\\@secret/", "https://host:99999/secret",
        "https://host:secret/", "https://[fe80::1%25eth0]/secret"}) {
    CAPTURE(url);
    const auto origin = http_origin(url);
    REQUIRE_FALSE(origin.has_value());
    CHECK(origin.error().message.find("secret") == std::string::npos);
    CHECK(origin.error().message.starts_with("the URL is not one we ask: "));
  }
  CHECK_FALSE(http_origin("https://host/" + std::string(9000, 'x')).has_value());
  CHECK_FALSE(http_origin("https://host/a\0b"s).has_value());
}

TEST_CASE("a header that would end before it ends is refused, and its value is not shown") {
  CHECK(problem_of("Authorization", "Bearer x=\"a\";\t\xC3\xBC") == "");
  for (const std::string& value : {"secret\r\nX: y"s, "secret\n"s, "\rsecret"s, "se\0cret"s, "secret\x7F"s}) {
    const std::string problem = problem_of("X-A", value);
    CHECK(problem == "header 'X-A': its value holds a control character");
  }
  CHECK(problem_of("X-A", "") == "header 'X-A': its value is empty");
  CHECK(problem_of("X-A", " secret") == "header 'X-A': its value begins or ends with a space");
  CHECK(problem_of("X\nA", "b") == "header 'X\\u{000A}A': that is no name of a header");
  for (const char* name : {"", "X A", "X:A", "X\xC3\xBC", "(X)"}) CHECK_FALSE(problem_of(name, "b").empty());
  for (const char* name : {"Host", "CONTENT-LENGTH", "transfer-encoding", "Connection", "Expect", "Upgrade"})
    CHECK(problem_of(name, "b").ends_with("it is written by the client itself"));
  CHECK_FALSE(problem_of("X", std::string(40'000, 'x')).empty());
}

TEST_CASE("what a request may not hold is said before anybody is asked") {
  const auto client = HttpClient::make({});
  REQUIRE(client.has_value());
  const auto said = [&](const HttpRequest& request) {
    const HttpOutcome outcome = (*client)->send(request, {});
    REQUIRE(outcome.error() != nullptr);
    CHECK(outcome.error()->failure == HttpFailure::request);
    CHECK_FALSE(outcome.error()->is_sent);
    CHECK_FALSE(outcome.peer.has_value());
    CHECK(http_verdict(outcome) == HttpVerdict::refused);
    return outcome.error()->message;
  };
  CHECK(said({.url = "gopher://127.0.0.1:1/"}).starts_with("the URL is not one we ask: "));
  CHECK(said({.url = "http://127.0.0.1:1/secret", .headers = {{"X-A", "b\r\n"}}}) ==
        "http://127.0.0.1:1: the request is not sent: header 'X-A': its value holds a control character");
  CHECK(said({.url = "http://127.0.0.1:1/secret", .body = "x"}) ==
        "http://127.0.0.1:1: the request is not sent: a request that only asks has no body");
}

TEST_CASE("a proxy is asked by http only") {
  CHECK(HttpClient::make({.proxy = "http://proxy.example.org:3128"}).has_value());
  for (const char* proxy :
       {"https://proxy:3128", "socks5://proxy", "proxy:3128", "http://joe:secret@proxy"}) {
    const auto client = HttpClient::make({.proxy = proxy});
    REQUIRE_FALSE(client.has_value());
    CHECK(client.error().message.starts_with("proxy: "));
    CHECK(client.error().message.find("secret") == std::string::npos);
  }
}

// RFC 9110 §15; RFC 6585; RFC 8470.
TEST_CASE("a status says whether something was done") {
  for (const int status : {200, 201, 202, 204, 299})
    CHECK(http_verdict(answered(status)) == HttpVerdict::accepted);
  for (const int status : {101, 301, 302, 307, 400, 401, 403, 404, 409, 410, 413, 422, 501, 505})
    CHECK(http_verdict(answered(status)) == HttpVerdict::refused);
  for (const int status : {408, 425, 429, 503})
    CHECK(http_verdict(answered(status)) == HttpVerdict::not_done);
  for (const int status : {500, 502, 504, 520, 599})
    CHECK(http_verdict(answered(status)) == HttpVerdict::in_doubt);
}

TEST_CASE("what was sent and got no answer is in doubt, whatever the reason") {
  for (const auto failure : {HttpFailure::timeout, HttpFailure::too_large, HttpFailure::protocol,
                             HttpFailure::cancelled, HttpFailure::connect}) {
    CHECK(http_verdict(failed(failure, true)) == HttpVerdict::in_doubt);
  }
  for (const auto failure : {HttpFailure::resolve, HttpFailure::connect, HttpFailure::tls,
                             HttpFailure::timeout, HttpFailure::cancelled}) {
    CHECK(http_verdict(failed(failure, false)) == HttpVerdict::not_done);
  }
  CHECK(http_verdict(failed(HttpFailure::request, false)) == HttpVerdict::refused);
}

TEST_CASE("what is in doubt is tried again only where it may arrive twice") {
  const HttpRequest get{};
  const HttpRequest once{.method = HttpMethod::post};
  const HttpRequest keyed{.method = HttpMethod::post, .is_repeatable = true};
  for (const HttpRequest& request : {get, once, keyed}) {
    CHECK(is_worth_retry(request, HttpVerdict::not_done));
    CHECK_FALSE(is_worth_retry(request, HttpVerdict::accepted));
    CHECK_FALSE(is_worth_retry(request, HttpVerdict::refused));
  }
  CHECK(is_worth_retry(get, HttpVerdict::in_doubt));
  CHECK(is_worth_retry(keyed, HttpVerdict::in_doubt));
  CHECK_FALSE(is_worth_retry(once, HttpVerdict::in_doubt));
}

// RFC 9110 §10.2.3, §5.6.7.
TEST_CASE("Retry-After is a number of seconds or a date") {
  const Timestamp now = *parse_time("1994-11-06T08:49:00Z");
  const auto read = [&](std::string_view text) { return retry_after(text, now); };
  CHECK(read("120") == Duration(std::chrono::seconds(120)));
  CHECK(read("0") == Duration(0));
  CHECK(read("999999999") == Duration(std::chrono::seconds(999'999'999)));
  CHECK(read("Sun, 06 Nov 1994 08:49:37 GMT") == Duration(std::chrono::seconds(37)));
  CHECK(read("Sun, 06 Nov 1994 08:48:37 GMT") == Duration(0));
  CHECK(read("Mon, 07 Nov 1994 08:49:00 GMT") == Duration(std::chrono::hours(24)));
  for (const char* text :
       {"", "-1", "+1", "1.5", " 1", "1 ", "1s", "1000000000", "99999999999999999999", "now",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(read(text).has_value());
  }
}

}  // namespace alarum
