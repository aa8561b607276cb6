#include "daemon/kafka/kafka_sink.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

#include <librdkafka/rdkafka.h>

namespace alarum {
namespace {

constexpr Duration again_interval = std::chrono::seconds(1);
constexpr Duration idle_interval = std::chrono::seconds(5);
constexpr Duration topic_wait = std::chrono::milliseconds(500);

KafkaRole producer_role() {
  KafkaRole role;
  role.is_producer = true;
  role.defaults = {
      {"linger.ms", "5"},
      {"partitioner", "murmur2_random"},  // as Java's clients: one key, one partition, whoever writes
      {"topic.metadata.propagation.max.ms", "1000"},
  };
  role.fixed = {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"message.timeout.ms", "0"},  // we know for how long there is hope: always
  };
  return role;
}

/// Whether a broker refuses a record for what it is, however often it comes. It says so of a whole batch,
/// good neighbours included. A time that is refused is not among these: the next try has another.
bool is_about_record(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_INVALID_RECORD || error == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE ||
         error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
}

std::string trouble_with(const std::string& topic, rd_kafka_resp_err_t error) {
  const bool is_gone =
      error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (is_gone) return "there is no topic '" + topic + "'";
  return "topic '" + topic + "': " + rd_kafka_err2str(error);
}

}  // namespace

Result<std::unique_ptr<KafkaSink>> KafkaSink::open(KafkaSinkSettings settings) {
  std::unique_ptr<KafkaSink> out(new KafkaSink(std::move(settings)));
  auto status = out->connect();
  if (!status) return std::move(status).error().within("sink '" + out->settings_.name + "'");
  return out;
}

Status KafkaSink::connect() {
  KafkaRole role = producer_role();
  role.on_delivery = [this](const rd_kafka_message_s& message) { take_report(message); };
  TRY(auto client, KafkaClient::open(settings_.connection, std::move(role)));
  TRY(auto topic, client->open_topic(settings_.topic));
  topic_ = std::move(topic);  // before the client that it belonged to
  client_ = std::move(client);
  return {};
}

bool KafkaSink::offer(const OutboxEntry& entry) {
  const bool is_full = !pending_.empty() && (pending_.size() >= settings_.entries_max ||
                                             pending_bytes_ + entry.payload.size() > settings_.bytes_max);
  if (is_full || alone_ || !suspects_.empty()) return false;
  const auto [place, is_first] = pending_.emplace(entry.sequence, entry);
  if (!is_first) return true;  // offered twice, delivered once
  pending_bytes_ += entry.payload.size();
  if (!produce(place->second)) again_.push_back(entry.sequence);
  return true;
}

/// Hands `entry`, which is pending, to the producer. False when that has to be tried again later.
bool KafkaSink::produce(const OutboxEntry& entry) {
  const int failed =
      rd_kafka_produce(topic_.get(), RD_KAFKA_PARTITION_UA, 0, const_cast<char*>(entry.payload.data()),
                       entry.payload.size(), entry.key.data(), entry.key.size(),
                       reinterpret_cast<void*>(entry.sequence));  // NOLINT: a number, back in the report
  if (failed == 0) {
    ++in_flight_;
    return true;
  }
  const auto error = rd_kafka_last_error();
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    finish(entry.sequence, false, "larger than the producer's message.max.bytes");
    return true;
  }
  if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) trouble_ = trouble_with(settings_.topic, error);
  return false;
}

void KafkaSink::take_report(const rd_kafka_message_s& message) {
  const auto sequence = reinterpret_cast<std::uint64_t>(message._private);  // NOLINT: see produce
  const bool was_alone = alone_ == sequence;
  --in_flight_;
  if (was_alone) alone_.reset();
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    trouble_.clear();
    client_->note_answer();
    finish(sequence, true, {});
  } else if (is_about_record(message.err)) {
    if (was_alone) {
      finish(sequence, false, rd_kafka_err2str(message.err));
    } else {
      suspects_.push_back(sequence);
    }
  } else {
    trouble_ = trouble_with(settings_.topic, message.err);
    again_.push_back(sequence);
  }
}

void KafkaSink::finish(std::uint64_t sequence, bool delivered, std::string reason) {
  const auto found = pending_.find(sequence);
  pending_bytes_ -= found->second.payload.size();
  pending_.erase(found);
  results_.push_back({sequence, delivered, std::move(reason)});
}

void KafkaSink::step(Duration wait, std::vector<SinkResult>& results) {
  client_->serve(wait);
  if (rd_kafka_fatal_error(client_->handle(), nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    // The producer's sequence broke and it takes nothing any more. Another one begins anew; what it had may
    // arrive twice, with the same key.
    log::warn("kafka producer begins anew", {{"sink", settings_.name}, {"error", client_->trouble()}});
    if (const auto status = connect(); !status) {
      trouble_ = status.error().message;
      return;
    }
    again_.clear();
    suspects_.clear();
    alone_.reset();
    in_flight_ = 0;
    for (const auto& [sequence, entry] : pending_) again_.push_back(sequence);
  }
  produce_again();
  look_for_brokers();
  results.insert(results.end(), results_.begin(), results_.end());
  results_.clear();
}

void KafkaSink::produce_again() {
  if (!suspects_.empty() && in_flight_ == 0 && !alone_) {
    const std::uint64_t sequence = suspects_.front();
    suspects_.pop_front();
    if (produce(pending_.at(sequence))) {
      if (in_flight_ > 0) alone_ = sequence;
    } else {
      suspects_.push_back(sequence);
    }
  }
  if (again_.empty() || alone_ || !suspects_.empty() || steady_now() < again_due_) return;
  again_due_ = steady_now() + again_interval;
  look_for_topic();
  for (auto left = again_.size(); left > 0; --left) {
    const std::uint64_t sequence = again_.front();
    again_.pop_front();
    if (!produce(pending_.at(sequence))) again_.push_back(sequence);
  }
}

/// A producer that was told that a topic does not exist would not ask again for minutes. And of one that was
/// deleted it says at first only that its partitions are gone.
void KafkaSink::look_for_topic() {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error =
      rd_kafka_metadata(client_->handle(), 0, topic_.get(), &metadata, kafka_milliseconds(topic_wait));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  client_->note_answer();
  if (metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    trouble_ = trouble_with(settings_.topic, metadata->topics[0].err);
  rd_kafka_metadata_destroy(metadata);
}

/// With nothing to deliver nobody else would find out that the brokers are back.
void KafkaSink::look_for_brokers() {
  if (!pending_.empty() || client_->trouble().empty() || steady_now() < again_due_) return;
  again_due_ = steady_now() + idle_interval;
  look_for_topic();
}

std::string KafkaSink::trouble() const { return trouble_.empty() ? client_->trouble() : trouble_; }

}  // namespace alarum
