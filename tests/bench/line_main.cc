// The two readers that the daemon is compared with, over a topic as it is now, each in a process of its own:
//   alarum-bench-line consumer BROKERS TOPIC           a bare consumer of librdkafka that counts
//   alarum-bench-line source BROKERS TOPIC WORKERS     our Kafka source, read as the daemon reads it, without
//   rules
// Prints one JSON object; seconds run from the first record to the end of the last partition. line.py starts
// it.
#include "daemon/base/clock.h"
#include "daemon/kafka/kafka_source.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <librdkafka/rdkafka.h>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace alarum::bench {
namespace {

using namespace std::chrono_literals;

constexpr Duration patience = 30s;

/// What was read; from the first record on.
struct Counted {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  Duration begun_at{0};

  void add(std::size_t size) {
    if (records++ == 0) begun_at = steady_now();
    bytes += size;
  }
};

int fail(const std::string& message) {
  std::fprintf(stderr, "alarum-bench-line: %s\n", message.c_str());
  return 1;
}

int tell(const Counted& counted) {
  const double seconds = std::chrono::duration<double>(steady_now() - counted.begun_at).count();
  std::printf("{\"events\": %llu, \"bytes\": %llu, \"seconds\": %.6f}\n",
              static_cast<unsigned long long>(counted.records),
              static_cast<unsigned long long>(counted.bytes), seconds);
  return 0;
}

/// The fastest call that librdkafka has, which may lose messages around a pause or a seek and so is none for
/// the daemon; the properties that have to do with speed are set as ours are.
class BareConsumer {
 public:
  explicit BareConsumer(const std::string& brokers) {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    const std::map<std::string, std::string> properties{
        {"bootstrap.servers", brokers},         {"group.id", "bench"},  {"enable.auto.commit", "false"},
        {"enable.partition.eof", "true"},       {"check.crcs", "true"}, {"queued.min.messages", "1000000"},
        {"queued.max.messages.kbytes", "65536"}};
    char text[512] = "";
    for (const auto& [name, value] : properties)
      rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text, sizeof text);
    handle_ = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    trouble_ = text;
    if (handle_ != nullptr) rd_kafka_poll_set_consumer(handle_);
  }
  BareConsumer(const BareConsumer&) = delete;
  BareConsumer& operator=(const BareConsumer&) = delete;
  ~BareConsumer() {
    if (handle_ != nullptr) rd_kafka_destroy(handle_);
  }

  int run(const std::string& topic) {
    if (!trouble_.empty()) return fail(trouble_);
    int left = assign(topic);
    if (left == 0) return fail("there is no topic " + topic);
    std::vector<rd_kafka_message_t*> batch(1000);
    rd_kafka_queue_t* const queue = rd_kafka_queue_get_consumer(handle_);
    Counted counted;
    Duration heard_at = steady_now();
    while (left > 0 && steady_now() < heard_at + patience) {
      // It waits for a whole batch, or for its time to be over.
      const ssize_t count = rd_kafka_consume_batch_queue(queue, 20, batch.data(), batch.size());
      if (count <= 0) continue;
      heard_at = steady_now();
      for (rd_kafka_message_t* const message : std::span(batch).first(static_cast<std::size_t>(count))) {
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) --left;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) counted.add(message->len);
        rd_kafka_message_destroy(message);
      }
    }
    rd_kafka_queue_destroy(queue);
    return left > 0 ? fail("nothing comes") : tell(counted);
  }

 private:
  /// Begins every partition of `topic`; how many there are.
  int assign(const std::string& topic) {
    const rd_kafka_metadata_t* metadata = nullptr;
    rd_kafka_topic_t* const handle = rd_kafka_topic_new(handle_, topic.c_str(), nullptr);
    int partitions = 0;
    if (rd_kafka_metadata(handle_, 0, handle, &metadata, static_cast<int>(patience / 1ms)) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      partitions = metadata->topics[0].partition_cnt;
      rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    rd_kafka_topic_partition_list_t* const all = rd_kafka_topic_partition_list_new(partitions);
    for (int i = 0; i < partitions; ++i)
      rd_kafka_topic_partition_list_add(all, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(handle_, all);
    rd_kafka_topic_partition_list_destroy(all);
    return partitions;
  }

  rd_kafka_t* handle_ = nullptr;
  std::string trouble_;
};

/// Our source, each worker's share polled by a thread of its own, as in the daemon.
class SourceReading {
 public:
  SourceReading(Source& source, std::size_t workers) : source_(source), counted_(workers) {}

  int run() {
    const std::vector<PartitionStart> starts = find_starts();
    if (starts.empty()) return fail("there is nothing to read");
    left_ = static_cast<int>(starts.size());
    std::vector<std::jthread> threads;
    for (std::size_t worker = 0; worker < counted_.size(); ++worker)
      threads.emplace_back([this, worker] { read(worker); });
    for (std::size_t i = 0; i < starts.size(); ++i) {
      if (const Status begun = source_.begin(starts[i], i % counted_.size()); !begun) {
        is_failed_ = true;
        return fail(begun.error().message);
      }
    }
    threads.clear();  // waits for them
    if (is_failed_) return fail("a partition was not read to its end");
    Counted all;
    for (const Counted& one : counted_) {
      if (one.records == 0) continue;
      all.begun_at = all.records == 0 ? one.begun_at : std::min(all.begun_at, one.begun_at);
      all.records += one.records;
      all.bytes += one.bytes;
    }
    return tell(all);
  }

 private:
  std::vector<PartitionStart> find_starts() {
    const Duration end = steady_now() + patience;
    std::vector<PartitionStart> out;
    while (out.empty() && steady_now() < end) out = source_.discover({}, {});
    return out;
  }

  void read(std::size_t worker) {
    IntakeBatch batch;
    const Duration end = steady_now() + 10 * patience;
    while (left_ > 0 && !is_failed_) {
      source_.intake(worker).poll(10ms, 500, batch);
      for (const Record& record : batch.records) counted_[worker].add(record.bytes.size());
      for (const PartitionNotice& notice : batch.notices) {
        if (notice.kind != PartitionNotice::Kind::end_reached) is_failed_ = true;
        --left_;
      }
      if (steady_now() > end) is_failed_ = true;
    }
  }

  Source& source_;
  std::vector<Counted> counted_;  // by worker
  std::atomic<int> left_ = 0;     // partitions; every thread has to know when the last one is at its end
  std::atomic<bool> is_failed_ = false;
};

int read_source(const std::string& brokers, const std::string& topic, std::size_t workers) {
  KafkaSourceSettings settings;
  settings.name = "bench";
  settings.connection.brokers = {brokers};
  settings.topics = {topic};
  settings.start = {KafkaPosition::Kind::earliest, {}, 0};
  auto source = KafkaSource::open(std::move(settings), workers);
  if (!source) return fail(source.error().message);
  return SourceReading(**source, workers).run();
}

}  // namespace
}  // namespace alarum::bench

int main(int count, char** words) {
  const std::string_view verb = count > 1 ? words[1] : "";
  if (verb == "consumer" && count == 4) return alarum::bench::BareConsumer(words[2]).run(words[3]);
  if (verb == "source" && count == 5)
    return alarum::bench::read_source(words[2], words[3], std::strtoul(words[4], nullptr, 10));
  std::fputs("usage: alarum-bench-line consumer BROKERS TOPIC | source BROKERS TOPIC WORKERS\n", stderr);
  return 64;
}
