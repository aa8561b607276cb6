#include "daemon/kafka/kafka_log.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

#include <vector>

namespace alarum {
namespace {

constexpr int syslog_critical = 2;
constexpr int syslog_warning = 4;

}  // namespace

std::optional<std::uint64_t> KafkaLog::admit(std::string_view facility, Duration now) {
  const std::lock_guard lock(mutex_);
  return quiet_.try_emplace(std::string(facility)).first->second.admit(now);
}

void KafkaLog::write(const rd_kafka_s*, int level, const char* facility, const char* text) {
  static KafkaLog instance;  // one for the process, as the log that it writes to
  std::vector<log::Fact> facts{{"facility", facility}, {"text", text}};
  if (level > syslog_warning) return log::debug("kafka client", facts);
  const auto hidden = instance.admit(facility, steady_now());
  if (!hidden) return;
  if (*hidden > 0) facts.push_back({"hidden_before", std::to_string(*hidden)});
  // librdkafka calls every lost connection an error, while it reconnects by itself.
  level <= syslog_critical ? log::error("kafka client", facts) : log::warn("kafka client", facts);
}

}  // namespace alarum
