#pragma once

#include "daemon/base/quiet_line.h"
#include "daemon/base/time.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

struct rd_kafka_s;

namespace alarum {

/// Passes on what librdkafka logs: at most one line in ten seconds of each facility, which says how many it
/// hides. Any thread; a mutex, because librdkafka calls from its own threads and a line must not wait in a
/// queue that nobody polls.
class KafkaLog {
 public:
  /// For `rd_kafka_conf_set_log_cb`. `level` is syslog's.
  static void write(const rd_kafka_s* client, int level, const char* facility, const char* text);

 private:
  /// How many lines were hidden before this one; nothing when this one is to be hidden.
  std::optional<std::uint64_t> admit(std::string_view facility, Duration now);

  std::mutex mutex_;
  std::map<std::string, QuietLine, std::less<>> quiet_;  // by facility, a closed set of librdkafka's
};

}  // namespace alarum
