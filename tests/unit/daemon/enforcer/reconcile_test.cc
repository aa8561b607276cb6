#include "daemon/enforcer/reconcile.h"

#include <catch2/catch.hpp>

#include <string>

namespace alarum::enforcer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TableEntry entry(std::string_view target, std::optional<Duration> left) {
  return {*IpNetwork::parse(target), left};
}

TEST_CASE("a table that holds what it should is left alone") {
  const std::vector<TableEntry> wanted = {entry("192.0.2.1", seconds(60)), entry("192.0.2.0/24", seconds(9))};
  const std::vector<TableEntry> found = {entry("192.0.2.0/24", milliseconds(8100)),
                                         entry("192.0.2.1", milliseconds(60'900))};
  const Repair repair = compare(wanted, found);
  CHECK(repair.put.empty());
  CHECK(repair.remove.empty());
}

TEST_CASE("what is missing, has another time or is not ours is mended") {
  const std::vector<TableEntry> wanted = {entry("192.0.2.1", seconds(60)), entry("192.0.2.2", seconds(60)),
                                          entry("192.0.2.3", seconds(60))};
  const std::vector<TableEntry> found = {entry("192.0.2.2", seconds(3600)), entry("192.0.2.3", std::nullopt),
                                         entry("192.0.2.4", seconds(60)), entry("192.0.2.5", std::nullopt)};
  const Repair repair = compare(wanted, found);
  CHECK(repair.put.size() == 3);
  CHECK(repair.missing_count == 1);
  CHECK(repair.retimed_count == 2);
  CHECK(repair.remove == std::vector{*IpNetwork::parse("192.0.2.4"), *IpNetwork::parse("192.0.2.5")});
}

TEST_CASE("what is about to end anyway is no difference") {
  const Repair repair = compare(std::vector{entry("192.0.2.1", milliseconds(900))},
                                std::vector{entry("192.0.2.2", milliseconds(900))});
  CHECK(repair.put.empty());
  CHECK(repair.remove.empty());
}

}  // namespace
}  // namespace alarum::enforcer
