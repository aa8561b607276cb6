#pragma once

#include "daemon/event/record.h"
#include "daemon/kafka/kafka_client.h"
#include "daemon/kafka/kafka_intake.h"
#include "daemon/kafka/kafka_offsets.h"
#include "daemon/kafka/kafka_position.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alarum {

/// Reads a range of topics from their beginning to their end as of now: one partition after the other, so
/// that the order is the same each time. What cannot be read is collected and does not stop the rest. One
/// thread.
class TopicReader {
 public:
  /// Which part of which topic it reads, and how.
  struct Options {
    std::string source = "replay";  ///< part of every coordinate
    KafkaSettings connection;
    std::vector<std::string> topics;  ///< in the order in which they are read, at least one
    KafkaPosition from;
    KafkaPosition to{KafkaPosition::Kind::latest, {}, 0};  ///< the first that is not read any more
    std::size_t batch_records_max = 1000;
    Duration patience = std::chrono::seconds(30);  ///< for a broker that says nothing
  };

  /// Asks a broker what there is to read. The error says that none answers, that there is no such topic, or
  /// which property is wrong (`invalid`).
  static Result<std::unique_ptr<TopicReader>> open(Options options);

  /// The next records, all of one partition: at least one, until none are left. They live until the next
  /// call.
  std::span<const Record> next();

  /// Which partition the last records are of, counted from 1.
  std::size_t member() const { return next_part_; }

  /// Partitions that could not be read to their end, so far.
  const std::vector<Error>& errors() const { return errors_; }

  /// Bytes of the records so far.
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  struct Part {
    PartitionId id;
    rd_kafka_topic_s* topic = nullptr;  // of `topics_`
    std::int64_t from = 0;
    std::int64_t to = 0;
  };

  explicit TopicReader(Options options) : options_(std::move(options)) {}

  Status find_parts();
  Status add_parts(rd_kafka_topic_s* topic, const KafkaTopicState& state);
  bool begin_part();
  bool read_part();
  void keep_range();
  void fail_part(std::string reason);

  Options options_;
  std::unique_ptr<KafkaClient> client_;
  std::vector<KafkaTopicHandle> topics_;  // as in the options
  std::vector<Part> parts_;
  std::size_t next_part_ = 0;  // the one behind the partition that is read
  std::int64_t position_ = 0;  // in that
  std::unique_ptr<KafkaIntake> intake_;
  IntakeBatch batch_;
  std::uint64_t bytes_read_ = 0;
  std::vector<Error> errors_;
};

}  // namespace alarum
