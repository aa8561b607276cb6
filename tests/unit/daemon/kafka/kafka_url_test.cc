#include "daemon/kafka/kafka_url.h"

#include <catch2/catch.hpp>

namespace alarum {

TEST_CASE("a Kafka URL names brokers, a topic, the source and properties") {
  const auto url = parse_kafka_url("kafka://a:9092,b:9093/windows-events?name=windows&client.id=me&debug=");

  REQUIRE(url);
  CHECK(url->connection.brokers == std::vector<std::string>{"a:9092", "b:9093"});
  CHECK(url->topic == "windows-events");
  CHECK(url->name == "windows");
  CHECK(url->connection.properties == KafkaProperties{{"client.id", "me"}, {"debug", ""}});
}

TEST_CASE("a Kafka URL without a name is of the source replay") {
  CHECK(parse_kafka_url("kafka://a:9092/t")->name == "replay");
}

TEST_CASE("a Kafka URL that lacks something is shown with its form") {
  for (const char* text : {"kafka://", "kafka://a:9092", "kafka://a:9092/", "kafka:///t", "windows"}) {
    const auto url = parse_kafka_url(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().message == "'" + std::string(text) + "' is not kafka://HOST:PORT/TOPIC?name=SOURCE");
  }
}

}  // namespace alarum
