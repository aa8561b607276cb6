#include "tests/unit/support/line_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::rule_text;
using test::WholeLine;

const std::string on_a = rule_text("r", "product: x", "s: {a: 1}, condition: s");

/// These, at all times.
std::shared_ptr<const WatchList> watch_list(const std::vector<std::string>& networks) {
  std::vector<WatchEntry> entries;
  for (const std::string& network : networks)
    entries.push_back({*IpNetwork::parse(network), Timestamp{0}, *parse_time("2100-01-01T00:00:00Z")});
  return WatchList::of(std::move(entries));
}

}  // namespace

TEST_CASE("clients on the watch list are shown with the commit that holds their events") {
  Line::Settings settings;
  settings.workers = 2;
  WholeLine world({.rules = on_a, .settings = settings});
  const std::string line = R"({"source":{"ip":"192.0.2.7"},"@timestamp":"2026-01-02T03:03:00Z"})";
  world.lines = {line, R"({"source":{"ip":"192.0.2.8"}})", line};
  world.start();
  world.line().watch(watch_list({"192.0.2.7", "192.0.2.9"}));
  world.mood.is_full = true;
  world.go();
  CHECK(world.status()->sources.at("list").watched == nullptr);

  world.mood.is_full = false;
  world.go();
  const auto watched = world.status()->sources.at("list").watched;
  REQUIRE(watched != nullptr);
  CHECK(*watched == WatchHits{{*IpNetwork::parse("192.0.2.7"), {2, *parse_time("2026-01-02T03:03:00Z")}}});
}

TEST_CASE("hits stay shown while their network is on the watch list, and no longer") {
  WholeLine world({.rules = on_a});
  world.lines = {R"({"source":{"ip":"192.0.2.7"}})", R"({"source":{"ip":"192.0.2.8"}})"};
  world.start();
  world.line().watch(watch_list({"192.0.2.7", "192.0.2.8"}));
  world.go();
  CHECK(world.status()->sources.at("list").watched->size() == 2);

  world.line().watch(watch_list({"192.0.2.0/24", "192.0.2.8"}));
  world.go();
  const auto watched = world.status()->sources.at("list").watched;
  REQUIRE(watched->size() == 1);
  CHECK(watched->begin()->first == *IpNetwork::parse("192.0.2.8"));
  CHECK(watched->begin()->second.count == 1);
}

}  // namespace alarum
