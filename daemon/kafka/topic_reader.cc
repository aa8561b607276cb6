#include "daemon/kafka/topic_reader.h"

#include "daemon/base/clock.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr Duration poll_wait = std::chrono::milliseconds(200);

}  // namespace

Result<std::unique_ptr<TopicReader>> TopicReader::open(Options options) {
  std::unique_ptr<TopicReader> out(new TopicReader(std::move(options)));
  TRY(out->client_, KafkaClient::open(out->options_.connection, KafkaRole::consumer({})));
  for (const std::string& topic : out->options_.topics) {
    TRY(auto handle, out->client_->open_topic(topic));
    out->topics_.push_back(std::move(handle));
  }
  if (auto found = out->find_parts(); !found) {
    const std::string& trouble = out->client_->last_error();
    Error error = std::move(found).error();
    if (!trouble.empty()) error.message += " (" + trouble + ")";
    return error;
  }
  return out;
}

/// All ends are asked for before anything is read: what is produced meanwhile is not part of it.
Status TopicReader::find_parts() {
  TRY(const auto topics, query_topics(*client_, options_.patience / 2));
  client_->serve(Duration(0));
  for (std::size_t i = 0; i < options_.topics.size(); ++i) {
    const auto found = std::find_if(topics.begin(), topics.end(), [&](const KafkaTopicState& topic) {
      return topic.topic == options_.topics[i];
    });
    if (found == topics.end() || !found->exists) {
      const bool is_known = found != topics.end() && !found->trouble.empty();
      return Error{ErrorCode::not_found,
                   is_known ? found->trouble : "there is no topic '" + options_.topics[i] + "'"};
    }
    TRY_OK(add_parts(topics_[i].get(), *found));
  }
  return {};
}

Status TopicReader::add_parts(rd_kafka_topic_s* topic, const KafkaTopicState& state) {
  for (std::int32_t number = 0; number < state.partitions; ++number) {
    Part part{{options_.source, state.topic, number}, topic, 0, 0};
    TRY(const auto range, query_range(*client_, part.id, options_.patience));
    TRY(part.from, query_offset(*client_, part.id, range, options_.from, options_.patience));
    TRY(part.to, query_offset(*client_, part.id, range, options_.to, options_.patience));
    if (part.from < part.to) parts_.push_back(std::move(part));
  }
  return {};
}

std::span<const Record> TopicReader::next() {
  batch_.clear();
  while (batch_.records.empty()) {
    if (!intake_ && !begin_part()) return {};
    if (!read_part()) intake_.reset();  // nothing is held when there are no records
  }
  for (const Record& record : batch_.records) bytes_read_ += record.bytes.size();
  return batch_.records;
}

bool TopicReader::begin_part() {
  while (next_part_ < parts_.size()) {
    const Part& part = parts_[next_part_++];
    position_ = part.from;
    intake_ = std::make_unique<KafkaIntake>(*client_);
    const auto begun = intake_->begin({part.id, part.topic, part.from});
    if (begun) return true;
    fail_part(begun.error().message);
    intake_.reset();
  }
  return false;
}

/// Gets the next records of the partition; false, and none, at its end.
bool TopicReader::read_part() {
  const Part& part = parts_[next_part_ - 1];
  const Duration deadline = steady_now() + options_.patience;
  while (position_ < part.to) {
    intake_->poll(poll_wait, options_.batch_records_max, batch_);
    client_->serve(Duration(0));
    for (const PartitionNotice& notice : batch_.notices) {
      if (notice.kind != PartitionNotice::Kind::end_reached) fail_part(notice.detail);
      // Behind the last record there may be markers of transactions, or what compaction has removed.
      position_ = notice.kind == PartitionNotice::Kind::end_reached ? notice.offset : part.to;
    }
    keep_range();
    if (!batch_.records.empty()) return true;
    if (batch_.notices.empty() && steady_now() >= deadline) {
      const std::string& trouble = client_->last_error();
      fail_part("nothing came for " + std::to_string(options_.patience.count() / 1'000'000) + " s" +
                (trouble.empty() ? "" : "; " + trouble));
      return false;
    }
  }
  return false;
}

void TopicReader::keep_range() {
  const Part& part = parts_[next_part_ - 1];
  if (batch_.records.empty()) return;
  position_ = std::max(position_, batch_.records.back().coordinates.offset + 1);
  std::erase_if(batch_.records, [&](const Record& record) { return record.coordinates.offset >= part.to; });
}

void TopicReader::fail_part(std::string reason) {
  const Part& part = parts_[next_part_ - 1];
  errors_.push_back({ErrorCode::io, part.id.topic + "/" + std::to_string(part.id.number) + " from offset " +
                                        std::to_string(position_) + " to " + std::to_string(part.to) +
                                        " was not read: " + std::move(reason)});
}

}  // namespace alarum
