#include "daemon/kafka/kafka_url.h"

namespace alarum {
namespace {

constexpr std::string_view scheme = "kafka://";

/// What stands before the first `mark`; the rest stays in `text`, and is empty where there is no mark.
std::string_view take_until(std::string_view& text, char mark) {
  const auto end = text.find(mark);
  const std::string_view out = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return out;
}

}  // namespace

bool is_kafka_url(std::string_view text) { return text.starts_with(scheme); }

Result<KafkaUrl> parse_kafka_url(std::string_view text) {
  KafkaUrl out;
  std::string_view rest = text.substr(is_kafka_url(text) ? scheme.size() : 0);
  std::string_view place = take_until(rest, '?');
  std::string_view brokers = take_until(place, '/');
  while (!brokers.empty()) out.connection.brokers.emplace_back(take_until(brokers, ','));
  out.topic = place;
  if (!is_kafka_url(text) || out.connection.brokers.empty() || out.topic.empty()) {
    return Error{ErrorCode::invalid,
                 "'" + std::string(text) + "' is not kafka://HOST:PORT/TOPIC?name=SOURCE"};
  }
  while (!rest.empty()) {
    std::string_view value = take_until(rest, '&');
    const std::string name(take_until(value, '='));
    if (name == "name") out.name = value;
    if (name != "name") out.connection.properties[name] = value;
  }
  return out;
}

}  // namespace alarum
