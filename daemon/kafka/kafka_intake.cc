#include "daemon/kafka/kafka_intake.h"

#include "daemon/kafka/kafka_offsets.h"

#include <algorithm>
#include <librdkafka/rdkafka.h>
#include <thread>

namespace alarum {
namespace {

constexpr std::size_t starts_max = 100'000;

PartitionNotice::Kind notice_kind(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: return PartitionNotice::Kind::out_of_range;
    // Once read, then gone: what comes under this name from now on is another topic.
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return PartitionNotice::Kind::recreated;
    default: return PartitionNotice::Kind::failed;
  }
}

}  // namespace

KafkaIntake::KafkaIntake(KafkaClient& client)
    : queue_(rd_kafka_queue_new(client.handle())), starts_(starts_max), ends_(starts_max) {}

KafkaIntake::~KafkaIntake() {
  held_.clear();
  take_starts();
  for (const auto& [key, reading] : readings_) {
    if (reading.is_active) rd_kafka_consume_stop(key.first, key.second);
  }
}

Status KafkaIntake::begin(Begin start) {
  rd_kafka_topic_s* const topic = start.topic;
  const std::int32_t number = start.partition.number;
  const std::int64_t offset = start.offset;
  // The worker has to know of the start before the first record is in its queue.
  if (!starts_.try_push(start)) return Error{ErrorCode::limit, "too many partitions begin at once"};
  if (rd_kafka_consume_start_queue(topic, number, offset, queue_.get()) == 0) return {};
  return Error{ErrorCode::io, std::string("cannot read ") + rd_kafka_topic_name(topic) + "/" +
                                  std::to_string(number) + ": " + rd_kafka_err2str(rd_kafka_last_error())};
}

bool KafkaIntake::end(rd_kafka_topic_s* topic, std::int32_t partition, std::string detail) {
  End item{{topic, partition}, std::move(detail)};
  return ends_.try_push(item);
}

void KafkaIntake::take_ends(IntakeBatch& out) {
  while (auto item = ends_.try_pop()) {
    take_starts();
    const auto found = readings_.find(item->key);
    if (found == readings_.end() || !found->second.is_active) continue;  // it has ended by itself
    stop(item->key, found->second, PartitionNotice::Kind::recreated, std::move(item->detail), out);
  }
}

void KafkaIntake::stop(const Key& key, Reading& reading, PartitionNotice::Kind kind, std::string detail,
                       IntakeBatch& out) {
  reading.is_active = false;
  rd_kafka_consume_stop(key.first, key.second);
  out.notices.push_back({kind, reading.partition, reading.next_offset, std::move(detail)});
}

void KafkaIntake::take_starts() {
  while (auto start = starts_.try_pop()) {
    readings_[{start->topic, start->partition.number}] = {std::move(start->partition), start->offset, true};
  }
}

void KafkaIntake::poll(Duration wait, std::size_t records_max, IntakeBatch& out) {
  out.clear();
  held_.clear();
  take_ends(out);
  if (!out.notices.empty()) return;
  if (paused_) {  // only this thread can change it
    std::this_thread::sleep_for(wait);
    return;
  }
  int timeout = kafka_milliseconds(wait);
  while (out.records.size() < records_max) {
    KafkaMessage message(rd_kafka_consume_queue(queue_.get(), timeout));
    if (!message) return;
    timeout = 0;
    take(std::move(message), out);
  }
}

/// The partition that a message belongs to; null when it is not read. The worker itself stops what ends, so
/// that nothing of the time before is ever in the queue behind a notice: what comes for a partition that is
/// not active is of one that was begun since.
KafkaIntake::Reading* KafkaIntake::find_active(const rd_kafka_message_s& message) {
  const Key key{message.rkt, message.partition};
  auto found = readings_.find(key);
  if (found == readings_.end() || !found->second.is_active) {
    take_starts();
    found = readings_.find(key);
  }
  return found != readings_.end() && found->second.is_active ? &found->second : nullptr;
}

void KafkaIntake::take(KafkaMessage message, IntakeBatch& out) {
  Reading* const reading = find_active(*message);
  if (reading == nullptr) return;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return take_error(*message, *reading, out);
  if (message->offset < reading->next_offset) return;
  reading->next_offset = message->offset + 1;
  const PartitionId& partition = reading->partition;
  out.records.push_back(
      {{partition.source, partition.topic, partition.number, message->offset, kafka_message_time(*message)},
       {static_cast<const char*>(message->payload), message->len},
       false,
       kafka_append_time(*message)});
  held_.push_back(std::move(message));
}

void KafkaIntake::take_error(const rd_kafka_message_s& message, Reading& reading, IntakeBatch& out) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // Behind the last record there may be markers of transactions, which nobody is given.
    reading.next_offset = std::max(reading.next_offset, message.offset);
    out.notices.push_back({PartitionNotice::Kind::end_reached, reading.partition, message.offset, {}});
    return;
  }
  stop({message.rkt, message.partition}, reading, notice_kind(message.err), rd_kafka_message_errstr(&message),
       out);
}

}  // namespace alarum
