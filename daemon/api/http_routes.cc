#include "daemon/api/http_routes.h"

#include "daemon/base/heap.h"
#include "daemon/metrics.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

constexpr const char* plain_text = "text/plain; charset=utf-8";

HttpAnswer metrics(const StatusProvider& provider) {
  ServiceStatus status = provider();
  status.heap_bytes = heap_bytes();
  return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(status)};
}

/// That there is an answer is the answer.
HttpAnswer health(const StatusProvider&) { return {200, plain_text, "ok\n"}; }

/// One reason a line, then what is worth a look, marked as such.
HttpAnswer ready(const StatusProvider& provider) {
  const Readiness found = readiness(provider());
  std::string body = found.is_ready() ? "ready\n" : "";
  for (const std::string& reason : found.reasons) body += reason + "\n";
  for (const std::string& warning : found.warnings) body += "warning: " + warning + "\n";
  return {found.is_ready() ? 200U : 503U, plain_text, std::move(body)};
}

struct Route {
  std::string_view path;
  HttpAnswer (*answer)(const StatusProvider&);
};

constexpr std::array<Route, 3> routes = {{{"/metrics", metrics}, {"/healthz", health}, {"/readyz", ready}}};

}  // namespace

HttpAnswer http_answer(std::string_view method, std::string_view target, const StatusProvider& provider) {
  const std::string_view path = target.substr(0, target.find('?'));
  const auto* const route =
      std::find_if(routes.begin(), routes.end(), [&](const Route& known) { return known.path == path; });
  if (route == routes.end())
    return {404, plain_text, "not found; there are /metrics, /healthz and /readyz\n"};
  if (method != "GET") return {405, plain_text, "only GET is allowed\n"};
  return route->answer(provider);
}

}  // namespace alarum
