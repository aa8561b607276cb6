#pragma once

#include "daemon/kafka/kafka_client.h"
#include "daemon/kafka/kafka_intake.h"
#include "daemon/kafka/kafka_offsets.h"
#include "daemon/kafka/kafka_position.h"
#include "daemon/kafka/kafka_start.h"
#include "daemon/kafka/kafka_witness.h"
#include "daemon/stream/source.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alarum {

/// What a Kafka source is made of.
struct KafkaSourceSettings {
  std::string name;
  KafkaSettings connection;
  std::vector<std::string> topics;
  KafkaPosition start;  ///< of partitions that are there when the source is new
  std::string group;    ///< where positions are published; empty: nowhere
  Duration identity_interval =
      std::chrono::seconds(10);  ///< how often it is checked that topics are the same
  Duration topics_interval =
      std::chrono::seconds(5);  ///< how often new and deleted partitions are looked for
};

/// Topics of one cluster as a source: one consumer, which begins and ends each partition by itself
/// (librdkafka's simple consumer: no group decides for us, and the others go on reading meanwhile). Where we
/// are is in our own state alone.
///
/// A topic that is deleted, made anew and filled beyond our position, all between two fetches, is found out
/// by the next check of identity (see KafkaWitness). What was read of it until then is read again, with the
/// same coordinates and so the same alert ids.
class KafkaSource final : public Source {
 public:
  /// Opens the consumer for `workers` workers; brokers are not waited for. The error names what is wrong with
  /// the settings.
  static Result<std::unique_ptr<KafkaSource>> open(KafkaSourceSettings settings, std::size_t workers);

  const std::string& name() const override { return settings_.name; }
  Intake& intake(std::size_t worker) override { return *intakes_[worker]; }
  std::vector<PartitionStart> discover(const Positions& committed,
                                       const std::vector<PartitionNotice>& ended) override;
  Status begin(const PartitionStart& start, std::size_t worker) override;
  void publish_positions(const Positions& committed) override;
  SourceHealth health(const Positions& committed) override;

 private:
  struct Partition {
    bool is_reading = false;
    bool is_ending = false;    // its intake was told to end it
    bool is_other = false;     // another topic has its name now
    bool was_deleted = false;  // the cluster said so since we last read it
    std::size_t worker = 0;
    std::int64_t high = -1;                  // -1: not known
    std::optional<std::int64_t> new_offset;  // where it begins, when nothing is committed
    std::string failure;                     // why it could not be read; empty when it can
    std::int64_t failed_at = 0;              // the offset of that
    Duration retry_at{};
    Duration begun_at{};
    std::optional<Duration> short_since;  // when its end was first seen before our position
  };
  using Partitions = std::map<PartitionId, Partition>;

  KafkaSource(KafkaSourceSettings settings, std::unique_ptr<KafkaClient> client);

  void refresh_topics(Duration deadline);
  void take_ended(const std::vector<PartitionNotice>& ended);
  void end_absent();
  void check_identity(const Positions& committed, Duration deadline);
  bool resolve_new(const Positions& committed, Duration deadline);
  std::optional<PartitionStart> resolve(const PartitionId& id, Partition& partition,
                                        const Positions& committed, Duration deadline);
  bool is_short_for_good(Partition& partition, const KafkaRange& range, const PartitionProgress& progress);
  void refresh_ends(Duration deadline);
  static void settle_failure(Partition& partition, bool is_fetched, std::int64_t committed);
  bool has_waiting() const;
  rd_kafka_topic_s* topic(const PartitionId& id) const { return topics_.find(id.topic)->second.get(); }

  KafkaSourceSettings settings_;
  std::unique_ptr<KafkaClient> client_;
  std::unique_ptr<KafkaWitness> witness_;
  std::map<std::string, KafkaTopicHandle> topics_;
  std::vector<std::unique_ptr<KafkaIntake>> intakes_;
  Partitions partitions_;           // that exist, or existed when we read them
  std::set<PartitionId> existing_;  // as of the last answer
  std::string topics_trouble_;      // of the last answer
  std::string start_trouble_;       // why some partition could not be begun in the last call
  bool is_answered_ = false;        // to the latest question for topics
  bool topics_known_ = false;       // a broker has answered for all topics
  std::optional<bool> is_new_;      // nothing of this source was committed when we first looked
  Duration topics_due_{};
  Duration publish_due_{};
  Duration identity_due_{};
  PartitionId identity_at_;  // the last one that was looked at in this round
};

}  // namespace alarum
