// alarum-http-driver [--ca FILE] [--proxy URL]: sends requests by one HTTP client and says what came of each.
// Takes a request a line on stdin, as JSON: `url`, and where they differ from a plain GET `body` (makes it a
// POST), `headers` (name → value), `connect_ms`, `total_ms`, `bytes_max`, `repeatable`, `cancel_ms` (when
// another thread asks to stop). Answers a line each, as JSON: `verdict`, `peer` (32 hex digits or null),
// `seconds`, and `status`, `retry_after`, `body`, or `failure`, `message`, `sent`.
#include "daemon/base/clock.h"
#include "daemon/base/fault.h"
#include "daemon/base/json_node.h"
#include "daemon/base/json_writer.h"
#include "daemon/http_client/http_client.h"
#include "daemon/http_client/http_verdict.h"

#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <thread>

namespace {

using alarum::Duration;
using alarum::HttpClient;
using alarum::HttpOutcome;
using alarum::HttpRequest;
using alarum::JsonNode;

std::int64_t number(const JsonNode& spec, std::string_view name, std::int64_t otherwise) {
  const JsonNode* const found = spec.find(name);
  return found == nullptr ? otherwise : found->as_integer().value_or(otherwise);
}

HttpRequest request_of(const JsonNode& spec) {
  HttpRequest out;
  out.url = spec.text_of("url");
  if (spec.find("body") != nullptr) {
    out.method = alarum::HttpMethod::post;
    out.body = spec.text_of("body");
  }
  if (const JsonNode* const headers = spec.find("headers")) {
    for (const auto& header : headers->members) out.headers.push_back({header.name, header.value.text});
  }
  out.connect_timeout = std::chrono::milliseconds(number(spec, "connect_ms", 5'000));
  out.total_timeout = std::chrono::milliseconds(number(spec, "total_ms", 10'000));
  out.response_bytes_max = static_cast<std::size_t>(number(spec, "bytes_max", 65'536));
  out.is_repeatable = spec.text_of("repeatable") == "true";
  return out;
}

/// Asks to stop after a while, unless the request ends before.
class Canceller {
 public:
  Canceller(std::stop_source& stop, std::int64_t milliseconds) {
    if (milliseconds == 0) return;
    thread_ = std::jthread([&stop, milliseconds](const std::stop_token& done) {
      std::mutex mutex;
      std::condition_variable_any waiting;
      std::unique_lock lock(mutex);
      waiting.wait_for(lock, done, std::chrono::milliseconds(milliseconds), [] { return false; });
      if (!done.stop_requested()) stop.request_stop();
    });
  }

 private:
  std::jthread thread_;
};

std::string hex(const alarum::IpAddress& address) {
  std::string out;
  std::array<char, 16> text{};
  for (const unsigned byte : address.bytes) {
    std::snprintf(text.data(), text.size(), "%02x", byte);
    out += text.data();
  }
  return out;
}

std::string_view name_of(alarum::HttpVerdict verdict) {
  switch (verdict) {
    case alarum::HttpVerdict::accepted: return "accepted";
    case alarum::HttpVerdict::refused: return "refused";
    case alarum::HttpVerdict::not_done: return "not_done";
    case alarum::HttpVerdict::in_doubt: return "in_doubt";
  }
  return "";
}

std::string told(const HttpOutcome& outcome, Duration took) {
  std::string out;
  alarum::JsonWriter json(out);
  json.begin_object().key("verdict").text(name_of(alarum::http_verdict(outcome)));
  json.key("seconds").raw(std::to_string(static_cast<double>(took.count()) / 1e6)).key("peer");
  if (outcome.peer) {
    json.text(hex(*outcome.peer));
  } else {
    json.null();
  }
  if (const alarum::HttpResponse* const response = outcome.response()) {
    json.key("status").number(response->status).key("retry_after").text(response->retry_after);
    json.key("body").text(response->body);
  } else {
    const alarum::HttpError& error = *outcome.error();
    json.key("failure").text(alarum::http_failure_name(error.failure)).key("message").text(error.message);
    json.key("sent").boolean(error.is_sent);
  }
  json.end_object();
  return out;
}

int run(HttpClient& client) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto spec = alarum::parse_json(line, {});
    if (!spec) {
      std::fprintf(stderr, "request: %s\n", spec.error().message.c_str());
      return EXIT_FAILURE;
    }
    std::stop_source stop;
    const HttpRequest request = request_of(*spec);
    const Duration before = alarum::steady_now();
    HttpOutcome outcome;
    {
      const Canceller canceller(stop, number(*spec, "cancel_ms", 0));
      outcome = client.send(request, stop.get_token());
    }
    std::cout << told(outcome, alarum::steady_now() - before) << std::endl;
  }
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  HttpClient::Options options;
  for (int i = 1; i + 1 < count; i += 2)
    (std::string_view(words[i]) == "--ca" ? options.ca_file : options.proxy) = words[i + 1];
  std::optional<alarum::fault::Armed> armed;
  if (const char* const faults = std::getenv("ALARUM_FAULT")) {
    auto handler = alarum::fault::parse(faults);
    if (!handler) return EXIT_FAILURE;
    armed.emplace(*std::move(handler));
  }
  const auto client = HttpClient::make(options);
  if (!client) {
    std::fprintf(stderr, "%s\n", client.error().message.c_str());
    return EXIT_FAILURE;
  }
  return run(**client);
}
