#pragma once

#include "daemon/base/bounded_queue.h"
#include "daemon/kafka/kafka_client.h"
#include "daemon/stream/source.h"

#include <atomic>
#include <map>
#include <utility>
#include <vector>

namespace alarum {

/// One worker's share of a Kafka source: one queue that librdkafka fills from the partitions that were begun
/// for it. While paused nothing is taken from the queue, and librdkafka stops fetching when it is full
/// (`queued.max.messages.kbytes`). Messages live, and hold their fetch buffers, until the next poll.
class KafkaIntake final : public Intake {
 public:
  /// A partition that is begun.
  struct Begin {
    PartitionId partition;
    rd_kafka_topic_s* topic = nullptr;
    std::int64_t offset = 0;
  };

  /// `client` and every topic that is begun must outlive it.
  explicit KafkaIntake(KafkaClient& client);
  ~KafkaIntake() override;
  KafkaIntake(const KafkaIntake&) = delete;
  KafkaIntake& operator=(const KafkaIntake&) = delete;

  void poll(Duration wait, std::size_t records_max, IntakeBatch& out) override;
  void set_paused(bool paused) override { paused_ = paused; }

  /// Begins a partition that is new here or ended with a notice. The source's thread.
  Status begin(Begin start);

  /// Ends a partition that is read: its topic is not what it was, as `detail` says. The notice comes with the
  /// next poll. The source's thread. False when there is no room for it now.
  bool end(rd_kafka_topic_s* topic, std::int32_t partition, std::string detail);

  /// Any thread.
  bool is_paused() const { return paused_; }

 private:
  struct Reading {
    PartitionId partition;
    std::int64_t next_offset = 0;
    bool is_active = false;
  };
  using Key = std::pair<rd_kafka_topic_s*, std::int32_t>;

  struct End {
    Key key;
    std::string detail;
  };

  void take_starts();
  void take_ends(IntakeBatch& out);
  void stop(const Key& key, Reading& reading, PartitionNotice::Kind kind, std::string detail,
            IntakeBatch& out);
  Reading* find_active(const rd_kafka_message_s& message);
  void take(KafkaMessage message, IntakeBatch& out);
  void take_error(const rd_kafka_message_s& message, Reading& reading, IntakeBatch& out);

  KafkaQueueHandle queue_;
  BoundedQueue<Begin> starts_;
  BoundedQueue<End> ends_;
  std::map<Key, Reading> readings_;
  std::vector<KafkaMessage> held_;    // the records of the last batch are views of these
  std::atomic<bool> paused_ = false;  // the source asks whether it can trust what the fetcher last saw
};

}  // namespace alarum
