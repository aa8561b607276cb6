#pragma once

#include "daemon/kafka/kafka_client.h"
#include "daemon/stream/sink.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// What a Kafka sink is made of.
struct KafkaSinkSettings {
  std::string name;
  KafkaSettings connection;
  std::string topic;
  std::size_t entries_max = 10'000;    ///< taken and not yet delivered
  std::size_t bytes_max = 64U << 20U;  ///< of their payloads
};

/// A topic as a sink: an idempotent producer that every replica has to acknowledge, without any time limit.
/// An entry whose delivery fails is produced again until the broker takes it or says that it never will; a
/// topic that does not exist, or may not be written, is waited for.
class KafkaSink final : public Sink {
 public:
  /// Opens the producer; brokers are not waited for. The error names what is wrong with the settings.
  static Result<std::unique_ptr<KafkaSink>> open(KafkaSinkSettings settings);

  const std::string& name() const override { return settings_.name; }
  bool offer(const OutboxEntry& entry) override;
  void step(Duration wait, std::vector<SinkResult>& results) override;
  std::string trouble() const override;

 private:
  explicit KafkaSink(KafkaSinkSettings settings) : settings_(std::move(settings)) {}

  Status connect();
  bool produce(const OutboxEntry& entry);
  void take_report(const rd_kafka_message_s& message);
  void finish(std::uint64_t sequence, bool delivered, std::string reason);
  void produce_again();
  void look_for_topic();
  void look_for_brokers();

  KafkaSinkSettings settings_;
  std::map<std::uint64_t, OutboxEntry> pending_;  // the producer reads payloads where they lie here
  std::size_t pending_bytes_ = 0;
  std::size_t in_flight_ = 0;           // of the pending
  std::deque<std::uint64_t> again_;     // failed, and worth another try
  std::deque<std::uint64_t> suspects_;  // too large, or only beside others in one batch
  std::optional<std::uint64_t> alone_;  // a suspect that is on its way, with nothing else
  Duration again_due_{};
  std::string trouble_;
  std::vector<SinkResult> results_;
  std::unique_ptr<KafkaClient> client_;  // ends before what it reads
  KafkaTopicHandle topic_;
};

}  // namespace alarum
