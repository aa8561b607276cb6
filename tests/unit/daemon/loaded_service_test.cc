#include "daemon/loaded_service.h"

#include "daemon/base/fault.h"
#include "tests/unit/config/config_folder.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// A configuration with one rule, whose analysts are of a group that is nowhere.
struct ServiceFolder {
  ServiceFolder() {
    folder.write("rules/a.yml",
                 "title: A\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {product: windows}\n"
                 "detection: {s: {a: 1}, condition: s}\nlevel: low\n");
    folder.write("alarum.yaml",
                 "sources:\n- {name: a, log_source: windows, kafka: {brokers: [k:1], topics: [t]}}\n"
                 "responders: [{name: out, kind: stdout}]\n"
                 "rules: {paths: [" +
                     folder.path("rules") +
                     "]}\n"
                     "ledger: {path: " +
                     folder.path("ledger.db") +
                     "}\n"
                     "control: {analyst_group: no-such-group}\n");
  }

  LoadedService load(const ServiceInUse* in_use) const {
    return load_service(folder.path("alarum.yaml"), in_use, responder_ports(*clock, nullptr));
  }

  std::unique_ptr<SystemClock> clock = std::make_unique<SystemClock>();
  test::ConfigFolder folder;
};

/// Nobody can be asked for groups.
Status directory_is_down(std::string_view name) {
  return name == "group_lookup" ? Status(Error{ErrorCode::io, "the directory is down"}) : Status();
}

}  // namespace

TEST_CASE("a group of analysts that is not there keeps a start out for good") {
  const LoadedService loaded = ServiceFolder().load(nullptr);
  CHECK(loaded.failure == "control.analyst_group: there is no group 'no-such-group'");
  CHECK_FALSE(loaded.is_temporary);
}

TEST_CASE("a directory that is down keeps a start out for a while, and a reload only from another group") {
  const ServiceFolder folder;
  const fault::Armed armed(directory_is_down);
  const LoadedService started = folder.load(nullptr);
  CHECK(started.failure == "control.analyst_group: the directory is down");
  CHECK(started.is_temporary);

  ServiceInUse in_use{folder.folder.load().config, {}};
  CHECK(folder.load(&in_use).failure.empty());
  in_use.config.control.analyst_group = "another";
  CHECK(folder.load(&in_use).failure == "control.analyst_group: the directory is down");
}

}  // namespace alarum
