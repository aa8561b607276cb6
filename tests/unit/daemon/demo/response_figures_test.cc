#include "daemon/demo/response_figures.h"

#include <catch2/catch.hpp>

namespace alarum::demo {

TEST_CASE("incidents, tickets and blocks are read from the metrics, those in shadow apart") {
  const ResponseFigures figures = response_figures(
      "alarum_incidents_open{level=\"high\",state=\"new\"} 2\n"
      "alarum_incidents_open{level=\"critical\",state=\"acknowledged\"} 1\n"
      "alarum_actions_total{responder=\"tickets\",outcome=\"done\"} 3\n"
      "alarum_actions_total{responder=\"tickets\",outcome=\"failed\"} 5\n"
      "alarum_actions_total{responder=\"firewall\",outcome=\"done\"} 1\n"
      "alarum_actions_total{responder=\"firewall\",outcome=\"shadow\"} 4\n");

  CHECK(figures.incidents == 3);
  CHECK(figures.tickets == 3);
  CHECK(figures.blocks == 1);
  CHECK(figures.shadow_blocks == 4);
}

TEST_CASE("each measured time is that of its own phase, over all levels") {
  const ResponseFigures figures = response_figures(
      "alarum_incident_time_to_detect_seconds_count{level=\"high\"} 1\n"
      "alarum_incident_time_to_detect_seconds_sum{level=\"high\"} 0.5\n"
      "alarum_incident_time_to_detect_seconds_count{level=\"critical\"} 1\n"
      "alarum_incident_time_to_detect_seconds_sum{level=\"critical\"} 0.7\n"
      "alarum_incident_time_to_notify_seconds_count{level=\"high\"} 1\n"
      "alarum_incident_time_to_notify_seconds_sum{level=\"high\"} 0.25\n"
      "alarum_incident_time_to_respond_seconds_count{level=\"high\"} 0\n"
      "alarum_incident_time_to_respond_seconds_sum{level=\"high\"} 0\n"
      "alarum_incident_time_to_resolve_seconds_count{level=\"high\"} 1\n"
      "alarum_incident_time_to_resolve_seconds_sum{level=\"high\"} 60\n");

  CHECK(figures.detected.count == 2);
  CHECK(figures.detected.mean == Approx(0.6));
  CHECK(figures.told.mean == Approx(0.25));
  CHECK(figures.responded.count == 0);
  CHECK(figures.resolved.mean == Approx(60));
}

}  // namespace alarum::demo
