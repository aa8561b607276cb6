#include "daemon/kafka/kafka_client.h"

#include "daemon/kafka/kafka_position.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

std::string refusal(KafkaProperties properties, std::vector<std::string> brokers = {"127.0.0.1:1"}) {
  KafkaRole role;
  role.fixed = {{"enable.auto.commit", "false"}};
  const auto client = KafkaClient::open({std::move(brokers), std::move(properties)}, std::move(role));
  return client ? std::string() : client.error().message;
}

}  // namespace

TEST_CASE("a property that Kafka's client does not take is named with the way out") {
  CHECK(refusal({{"fetch.wait.max", "20"}}) ==
        "librdkafka has no property 'fetch.wait.max'; did you mean 'fetch.wait.max.ms'?");
  CHECK(refusal({{"fetch.wait.max.ms", "soon"}}).starts_with("the value of property 'fetch.wait.max.ms'"));
  CHECK(refusal({{"enable.auto.commit", "true"}}) ==
        "property 'enable.auto.commit' has to be false: what is exact here depends on it");
  CHECK(refusal({{"bootstrap.servers", "x"}}) == "property 'bootstrap.servers': 'brokers' says this");
  CHECK(refusal({}, {}) == "no broker is named");
}

TEST_CASE("a message about a secret property of a Kafka client does not hold its value") {
  CHECK(refusal({{"security.protocol", "hunter2"}}).find("hunter2") != std::string::npos);
  CHECK(refusal({{"sasl.oauthbearer.method", "hunter2"}}).find("hunter2") == std::string::npos);
}

TEST_CASE("a position in Kafka topics is earliest, latest or a time") {
  CHECK(parse_kafka_position("earliest")->kind == KafkaPosition::Kind::earliest);
  CHECK(parse_kafka_position("latest")->kind == KafkaPosition::Kind::latest);
  CHECK(parse_kafka_position("1970-01-01T00:00:02Z")->time == Timestamp{2'000'000});
  CHECK(parse_kafka_bound("17")->offset == 17);
  CHECK(parse_kafka_bound("17x").error().message.starts_with("'17x' is neither"));
  CHECK(parse_kafka_position("soon").error().message.starts_with("'soon' is neither earliest nor latest"));
}

TEST_CASE("a wait of a Kafka client is whole milliseconds and never becomes none") {
  CHECK(kafka_milliseconds(Duration(0)) == 0);
  CHECK(kafka_milliseconds(Duration(-5)) == 0);
  CHECK(kafka_milliseconds(Duration(1)) == 1);
  CHECK(kafka_milliseconds(Duration(2000)) == 2);
}

}  // namespace alarum
