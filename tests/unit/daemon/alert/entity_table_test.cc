#include "daemon/alert/entity_table.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// The columns of a log source, as `type:field` joined by blanks, without those that every source has.
std::string columns(const LogSource& log_source) {
  FieldTable fields;
  const EntityTable table(fields);
  std::string out;
  for (const EntityTable::Column& column : table.columns_for(log_source)) {
    if (fields.name(column.field) == column.type) continue;  // a source in ECS
    out += (out.empty() ? "" : " ") + std::string(column.type) + ":" + std::string(fields.name(column.field));
  }
  return out;
}

/// The entities that field `a` names in an event, each in brackets.
std::string entities(std::string_view type, std::string bytes) {
  test::EventWorld world("product=x", {"a"});
  REQUIRE(world.decode(std::move(bytes)));
  std::vector<Entity> found;
  append_entities(type, world.id("a"), world.event(), found);
  std::string out;
  for (const Entity& entity : found) out += "[" + entity.value + "]";
  return out;
}

}  // namespace

TEST_CASE("each log source has its columns of hosts, users and addresses, in order") {
  CHECK(columns({"windows", "process_creation", ""}) ==
        "host.name:Computer user.name:User user.name:TargetUserName user.name:SubjectUserName "
        "source.ip:SourceIp source.ip:IpAddress destination.ip:DestinationIp");
  CHECK(
      columns({"linux", "", "sshd"}) ==
      "host.name:Computer host.name:hostname user.name:User source.ip:SourceIp destination.ip:DestinationIp");
  CHECK(columns({"", "webserver", ""}) ==
        "host.name:s-computername user.name:cs-username source.ip:c-ip destination.ip:s-ip "
        "url.domain:cs-host");
  CHECK(columns({"", "proxy", ""}) == "user.name:cs-username source.ip:src_ip");
  CHECK(columns({"cisco", "firewall", ""}) == "source.ip:src_ip destination.ip:dst_ip");
  CHECK(columns({"aws", "", "cloudtrail"}) == "user.name:userIdentity.arn source.ip:sourceIPAddress");
  CHECK(columns({"zeek", "", "http"}) == "source.ip:id.orig_h destination.ip:id.resp_h");
  CHECK(columns({"", "database", ""}).empty());
}

TEST_CASE("every log source has the ECS names themselves") {
  FieldTable fields;
  const EntityTable table(fields);
  const auto found = table.columns_for({"", "database", ""});

  REQUIRE(found.size() == 4);
  CHECK(found[0].type == "host.name");
  CHECK(fields.name(found[3].field) == "destination.ip");
}

TEST_CASE("product and category of a log source both give columns") {
  CHECK(columns({"linux", "webserver", ""}) ==
        columns({"linux", "", ""}) + " " + columns({"", "webserver", ""}));
}

TEST_CASE("text, numbers and booleans name an entity") {
  CHECK(entities("host.name", R"({"a":"WS-17"})") == "[WS-17]");
  CHECK(entities("user.name", R"({"a":1000})") == "[1000]");
  CHECK(entities("user.name", R"({"a":true})") == "[true]");
}

TEST_CASE("an empty text, a dash, an object and nothing name nobody") {
  CHECK(entities("user.name", R"({"a":""})").empty());
  CHECK(entities("user.name", R"({"a":"-"})").empty());
  CHECK(entities("user.name", R"({"a":{"b":"x"}})").empty());
  CHECK(entities("user.name", R"({"a":null})").empty());
  CHECK(entities("user.name", R"({"b":"x"})").empty());
}

TEST_CASE("an address has to be one") {
  CHECK(entities("source.ip", R"({"a":"192.0.2.1"})") == "[192.0.2.1]");
  CHECK(entities("destination.ip", R"({"a":"2001:db8::1"})") == "[2001:db8::1]");
  CHECK(entities("source.ip", R"({"a":["LOCAL","192.0.2.1:80","192.0.2.256","","192.0.2.1 "]})").empty());
  CHECK(entities("source.ip", R"({"a":32})").empty());
  CHECK(entities("host.name", R"({"a":"LOCAL"})") == "[LOCAL]");
}

TEST_CASE("several values give several entities, each once and in order") {
  CHECK(entities("user.name", R"({"a":["ann","bob","ann","-"]})") == "[ann][bob]");
  CHECK(entities("user.name", R"({"a":["ann","ANN"]})") == "[ann][ANN]");
}

TEST_CASE("an entity that is there already is not added again, unless its type is another") {
  test::EventWorld world("product=x", {"a", "b"});
  REQUIRE(world.decode(R"({"a":"ann","b":["ann","bob"]})"));
  std::vector<Entity> found;
  append_entities("user.name", world.id("a"), world.event(), found);
  append_entities("user.name", world.id("b"), world.event(), found);
  append_entities("host.name", world.id("a"), world.event(), found);

  CHECK(found == std::vector<Entity>{{"user.name", "ann"}, {"user.name", "bob"}, {"host.name", "ann"}});
}

}  // namespace alarum
