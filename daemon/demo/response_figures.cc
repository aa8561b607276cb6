#include "daemon/demo/response_figures.h"

#include "daemon/demo/stage_configuration.h"

#include <string>

namespace alarum::demo {
namespace {

std::uint64_t actions(std::string_view metrics, std::string_view responder, std::string_view outcome) {
  std::string labels = "responder=\"";
  labels.append(responder).append("\",outcome=\"").append(outcome).append("\"");
  return static_cast<std::uint64_t>(metric_sum(metrics, "alarum_actions_total", labels));
}

}  // namespace

ResponseFigures response_figures(std::string_view metrics) {
  ResponseFigures out;
  out.incidents = static_cast<std::uint64_t>(metric_sum(metrics, "alarum_incidents_open", ""));
  out.tickets = actions(metrics, ticket_responder, "done");
  out.blocks = actions(metrics, block_responder, "done");
  out.shadow_blocks = actions(metrics, block_responder, "shadow");
  out.detected = lag_summary(metrics, "alarum_incident_time_to_detect_seconds");
  out.told = lag_summary(metrics, "alarum_incident_time_to_notify_seconds");
  out.responded = lag_summary(metrics, "alarum_incident_time_to_respond_seconds");
  out.resolved = lag_summary(metrics, "alarum_incident_time_to_resolve_seconds");
  return out;
}

}  // namespace alarum::demo
