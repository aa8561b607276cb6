#include "daemon/kafka/kafka_source.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

#include <algorithm>
#include <librdkafka/rdkafka.h>

namespace alarum {
namespace {

constexpr Duration discover_wait = std::chrono::seconds(2);  // for all questions of one call
constexpr Duration publish_interval = std::chrono::seconds(1);
/// For how long a partition has to be shorter than our position before we believe that it is another one. A
/// broker that has just come back says so of itself for a moment; to believe that would read all of it again.
constexpr Duration short_patience = std::chrono::seconds(1);

/// How long a partition that failed is left alone, and how long it has to be read before we believe in it.
constexpr Duration retry_interval = std::chrono::seconds(1);
constexpr Duration failure_patience = std::chrono::seconds(5);

Duration left(Duration deadline) { return std::max(Duration(0), deadline - steady_now()); }

}  // namespace

KafkaSource::KafkaSource(KafkaSourceSettings settings, std::unique_ptr<KafkaClient> client)
    : settings_(std::move(settings)), client_(std::move(client)) {}

Result<std::unique_ptr<KafkaSource>> KafkaSource::open(KafkaSourceSettings settings, std::size_t workers) {
  if (settings.topics.empty())
    return Error{ErrorCode::invalid, "source '" + settings.name + "' has no topic"};
  auto client = KafkaClient::open(settings.connection, KafkaRole::consumer(settings.group));
  if (!client) return std::move(client).error().within("source '" + settings.name + "'");
  std::unique_ptr<KafkaSource> out(new KafkaSource(std::move(settings), *std::move(client)));
  for (const std::string& name : out->settings_.topics) {
    TRY(out->topics_[name], out->client_->open_topic(name));
  }
  TRY(out->witness_, KafkaWitness::open(out->settings_.connection, out->settings_.topics));
  for (std::size_t i = 0; i < workers; ++i) {
    out->intakes_.push_back(std::make_unique<KafkaIntake>(*out->client_));
  }
  return out;
}

std::vector<PartitionStart> KafkaSource::discover(const Positions& committed,
                                                  const std::vector<PartitionNotice>& ended) {
  const Duration deadline = steady_now() + discover_wait;
  client_->serve(Duration(0));
  take_ended(ended);
  if (!is_new_) {
    is_new_ = std::none_of(committed.begin(), committed.end(),
                           [&](const auto& entry) { return entry.first.source == settings_.name; });
  }
  if (steady_now() >= topics_due_ || has_waiting()) refresh_topics(deadline);
  start_trouble_.clear();
  std::vector<PartitionStart> out;
  if (!topics_known_ || !resolve_new(committed, deadline)) return out;
  // The first starts are committed together: with some of them the others would count as found later.
  const bool is_first = std::none_of(committed.begin(), committed.end(),
                                     [&](const auto& entry) { return entry.first.source == settings_.name; });
  for (auto& [id, partition] : partitions_) {
    if (partition.is_reading || steady_now() < partition.retry_at) continue;
    auto start = resolve(id, partition, committed, deadline);
    if (start) {
      out.push_back(*std::move(start));
    } else if (is_first && existing_.contains(id)) {
      return {};
    }
  }
  refresh_ends(deadline);
  if (steady_now() >= identity_due_) check_identity(committed, deadline);
  return out;
}

void KafkaSource::take_ended(const std::vector<PartitionNotice>& ended) {
  for (const PartitionNotice& notice : ended) {
    const auto found = partitions_.find(notice.partition);
    if (found == partitions_.end() || notice.kind == PartitionNotice::Kind::end_reached) continue;
    found->second.is_reading = false;
    found->second.is_ending = false;
    found->second.was_deleted |= notice.kind == PartitionNotice::Kind::recreated;
    if (notice.kind == PartitionNotice::Kind::failed) {
      found->second.failure = notice.detail;
      found->second.failed_at = notice.offset;
      found->second.retry_at = steady_now() + retry_interval;
    }
    log::warn("partition cannot be read on", {{"source", settings_.name},
                                              {"topic", notice.partition.topic},
                                              {"partition", std::to_string(notice.partition.number)},
                                              {"offset", std::to_string(notice.offset)},
                                              {"reason", notice.detail}});
  }
}

void KafkaSource::refresh_topics(Duration deadline) {
  topics_due_ = steady_now() + settings_.topics_interval;
  const auto topics = query_topics(*client_, left(deadline) / 2);
  is_answered_ = topics.has_value();
  if (!topics) {
    topics_trouble_ = topics.error().message;
    return;
  }
  topics_trouble_.clear();
  for (const KafkaTopicState& topic : *topics) {
    if (!topic.trouble.empty()) topics_trouble_ = topic.trouble;
    if (!topic.trouble.empty()) continue;
    if (!topic.exists) topics_trouble_ = "there is no topic '" + topic.topic + "'";
    std::erase_if(existing_, [&](const PartitionId& id) { return id.topic == topic.topic; });
    for (std::int32_t number = 0; topic.exists && number < topic.partitions; ++number) {
      const PartitionId id{settings_.name, topic.topic, number};
      existing_.insert(id);
      // Those that are found once the first were resolved begin at the beginning.
      const auto [entry, is_found] = partitions_.try_emplace(id);
      if (is_found && !is_new_.value_or(true)) entry->second.new_offset = 0;
    }
  }
  end_absent();
  topics_known_ |= std::all_of(topics->begin(), topics->end(),
                               [](const KafkaTopicState& topic) { return topic.trouble.empty(); });
}

/// librdkafka goes on fetching from a topic that is gone, in silence.
void KafkaSource::end_absent() {
  for (auto& [id, partition] : partitions_) {
    if (!partition.is_reading || partition.is_ending || existing_.contains(id)) continue;
    partition.is_ending =
        intakes_[partition.worker]->end(topic(id), id.number, "the cluster does not have it any more");
  }
}

void KafkaSource::check_identity(const Positions& committed, Duration deadline) {
  for (auto at = partitions_.upper_bound(identity_at_); at != partitions_.end(); ++at) {
    auto& [id, partition] = *at;
    const auto progress = committed.find(id);
    if (!partition.is_reading || partition.is_ending || progress == committed.end()) continue;
    if (left(deadline) == Duration(0)) return;  // the next call goes on from here
    identity_at_ = id;
    partition.is_other = witness_->is_other(id, progress->second, left(deadline));
    if (!partition.is_other) continue;
    partition.is_ending =
        intakes_[partition.worker]->end(topic(id), id.number, "another topic has its name now");
  }
  identity_at_ = {};
  identity_due_ = steady_now() + settings_.identity_interval;
}

bool KafkaSource::has_waiting() const {
  return std::any_of(partitions_.begin(), partitions_.end(),
                     [](const auto& entry) { return !entry.second.is_reading; });
}

/// For a source that is new: where each partition begins. All of them or none, since after a crash in between
/// those that were not committed would count as found later. False when a broker has not said yet.
bool KafkaSource::resolve_new(const Positions& committed, Duration deadline) {
  if (!*is_new_) return true;
  for (auto& [id, partition] : partitions_) {
    if (partition.new_offset || committed.contains(id)) continue;
    const auto range = query_range(*client_, id, left(deadline));
    const auto offset = range ? query_offset(*client_, id, *range, settings_.start, left(deadline))
                              : Result<std::int64_t>(range.error());
    if (!offset) {
      start_trouble_ = offset.error().message;
      return false;
    }
    partition.new_offset = *offset;
    partition.high = range->high;
  }
  is_new_ = false;
  return true;
}

std::optional<PartitionStart> KafkaSource::resolve(const PartitionId& id, Partition& partition,
                                                   const Positions& committed, Duration deadline) {
  if (!existing_.contains(id)) {
    start_trouble_ = "there is no partition " + id.topic + "/" + std::to_string(id.number) + " any more";
    return std::nullopt;
  }
  if (left(deadline) == Duration(0)) {
    start_trouble_ = "partitions are still being asked where to begin";
    return std::nullopt;
  }
  const auto found = committed.find(id);
  PartitionProgress progress;
  if (found != committed.end()) progress = found->second;
  if (found == committed.end()) progress.next_offset = partition.new_offset.value_or(0);
  const auto range = query_range(*client_, id, left(deadline));
  if (!range) {
    start_trouble_ = range.error().message;
    return std::nullopt;
  }
  partition.high = range->high;
  if (range->high < progress.next_offset && !is_short_for_good(partition, *range, progress))
    return std::nullopt;
  auto identity = KafkaIdentity::unknown;
  if (can_identify(progress, *range)) {
    const auto time = query_record_time(*client_, topic(id), id, progress.last_offset, left(deadline));
    if (!time) {
      start_trouble_ = time.error().message;
      return std::nullopt;
    }
    identity = identify(progress, *time);
  }
  if (partition.is_other) identity = KafkaIdentity::other;
  auto start = decide_start(id, progress, *range, identity, partition.was_deleted);
  witness_->remember(id, start.gap ? PartitionProgress() : progress);
  return start;
}

bool KafkaSource::is_short_for_good(Partition& partition, const KafkaRange& range,
                                    const PartitionProgress& progress) {
  const Duration now = steady_now();
  if (!partition.short_since) partition.short_since = now;
  if (now - *partition.short_since >= short_patience) return true;
  start_trouble_ = "a partition ends at " + std::to_string(range.high) + ", before our position " +
                   std::to_string(progress.next_offset);
  return false;
}

Status KafkaSource::begin(const PartitionStart& start, std::size_t worker) {
  Partition& partition = partitions_[start.partition];
  TRY_OK(intakes_[worker]->begin({start.partition, topic(start.partition), start.offset}));
  partition.is_reading = true;
  partition.was_deleted = false;
  partition.is_other = false;
  partition.short_since.reset();
  partition.begun_at = steady_now();
  partition.worker = worker;
  return {};
}

/// While an intake is paused its fetcher does not see how far the end moves on.
void KafkaSource::refresh_ends(Duration deadline) {
  for (auto& [id, partition] : partitions_) {
    if (!partition.is_reading || !intakes_[partition.worker]->is_paused()) continue;
    if (left(deadline) == Duration(0)) return;
    const auto range = query_range(*client_, id, left(deadline));
    if (!range) return;
    partition.high = range->high;
  }
}

void KafkaSource::publish_positions(const Positions& committed) {
  const Duration now = steady_now();
  if (settings_.group.empty() || now < publish_due_) return;
  publish_due_ = now + publish_interval;
  rd_kafka_topic_partition_list_t* const list =
      rd_kafka_topic_partition_list_new(static_cast<int>(committed.size()));
  for (const auto& [id, progress] : committed) {
    if (id.source != settings_.name) continue;
    rd_kafka_topic_partition_list_add(list, id.topic.c_str(), id.number)->offset = progress.next_offset;
  }
  if (list->cnt > 0) rd_kafka_commit(client_->handle(), list, 1);
  rd_kafka_topic_partition_list_destroy(list);
}

/// A partition that failed is well again when it got further, or was fetched from for a while.
void KafkaSource::settle_failure(Partition& partition, bool is_fetched, std::int64_t committed) {
  const bool is_steady = partition.is_reading && steady_now() >= partition.begun_at + failure_patience;
  if (committed > partition.failed_at || (is_fetched && is_steady)) partition.failure.clear();
}

SourceHealth KafkaSource::health(const Positions& committed) {
  client_->serve(Duration(0));
  SourceHealth out{client_->is_connected() && is_answered_, client_->trouble(), {}};
  if (out.trouble.empty()) out.trouble = topics_trouble_;
  if (out.trouble.empty()) out.trouble = start_trouble_;
  for (auto& [id, partition] : partitions_) {
    std::int64_t low = 0;
    std::int64_t high = RD_KAFKA_OFFSET_INVALID;
    const bool is_seen = partition.is_reading && !intakes_[partition.worker]->is_paused();
    if (is_seen) rd_kafka_get_watermark_offsets(client_->handle(), id.topic.c_str(), id.number, &low, &high);
    if (high >= 0) partition.high = high;
    const auto found = committed.find(id);
    settle_failure(partition, high >= 0, found == committed.end() ? 0 : found->second.next_offset);
    if (out.trouble.empty() && !partition.failure.empty())
      out.trouble = id.topic + "/" + std::to_string(id.number) + " cannot be read: " + partition.failure;
    if (partition.high < 0 || found == committed.end()) continue;
    out.lags.push_back({id, std::max<std::int64_t>(0, partition.high - found->second.next_offset)});
  }
  return out;
}

}  // namespace alarum
