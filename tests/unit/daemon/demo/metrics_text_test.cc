#include "daemon/demo/metrics_text.h"

#include <catch2/catch.hpp>

namespace alarum::demo {
namespace {

constexpr std::string_view page =
    "# HELP lag_seconds how late\n"
    "# TYPE lag_seconds histogram\n"
    "lag_seconds_count{time_basis=\"event\"} 3\n"
    "lag_seconds_sum{time_basis=\"event\"} 0.6\n"
    "lag_seconds_bucket{time_basis=\"event\",le=\"0.1\"} 1\n"
    "lag_seconds_bucket{time_basis=\"event\",le=\"0.25\"} 2\n"
    "lag_seconds_bucket{time_basis=\"event\",le=\"10\"} 3\n"
    "lag_seconds_bucket{time_basis=\"event\",le=\"+Inf\"} 3\n"
    "lag_seconds_count{time_basis=\"record\"} 1\n"
    "lag_seconds_sum{time_basis=\"record\"} 0.2\n"
    "lag_seconds_bucket{time_basis=\"record\",le=\"0.1\"} 0\n"
    "lag_seconds_bucket{time_basis=\"record\",le=\"0.25\"} 1\n"
    "lag_seconds_bucket{time_basis=\"record\",le=\"10\"} 1\n"
    "lag_seconds_bucket{time_basis=\"record\",le=\"+Inf\"} 1\n"
    "records_total{outcome=\"evaluated\",source=\"web\"} 40\n"
    "records_total{outcome=\"dead_letter\",source=\"web\"} 2\n"
    "records_total{outcome=\"evaluated\",source=\"windows\"} 100\n"
    "records_total_of_something_else 7\n"
    "ready 1\n";

}  // namespace

TEST_CASE("series of a metric are added up, all of them or those with a label") {
  CHECK(metric_sum(page, "records_total", "") == 142);
  CHECK(metric_sum(page, "records_total", R"(source="web")") == 42);
  CHECK(metric_sum(page, "ready", "") == 1);
}

TEST_CASE("a metric that is not there, or has a longer name, is 0") {
  CHECK(metric_sum(page, "records", "") == 0);
  CHECK(metric_sum(page, "records_total", R"(source="linux")") == 0);
  CHECK(metric_sum("", "ready", "") == 0);
}

TEST_CASE("a histogram is summed up over its series: how many, their mean, and the bound of all") {
  const LagSummary lag = lag_summary(page, "lag_seconds");

  CHECK(lag.count == 4);
  CHECK(lag.mean == Approx(0.2));
  CHECK(lag.most == "10");  // by number, not by text
}

TEST_CASE("a histogram without values has no mean") {
  const LagSummary lag = lag_summary(page, "other_seconds");

  CHECK(lag.count == 0);
  CHECK(lag.mean == 0);
}

}  // namespace alarum::demo
