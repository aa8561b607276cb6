// alarum-kafka-source-driver BROKERS TOPICS START [PROPERTY=VALUE…]: runs a Kafka source through its seam, as
// the daemon does, with two workers in one thread. Says on stdout what it sees, a line each:
//   start TOPIC PARTITION OFFSET [REASON FROM TO]   a partition begins, and what was lost before
//   record TOPIC PARTITION OFFSET MICROSECONDS BYTES
//   end TOPIC PARTITION OFFSET, out_of_range …, recreated …, failed …
//   health CONNECTED LAG TROUBLE                    when asked
//   position TOPIC PARTITION NEXT LAST MICROSECONDS  when it stops; committed before, when given on stdin
// Takes lines from stdin: the positions, `go`, then `pause`, `resume`, `health`, `stop`.
#include "daemon/base/bounded_queue.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/kafka/kafka_source.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
using alarum::PartitionNotice;

constexpr std::size_t workers = 2;

std::string place(const alarum::PartitionId& id) { return id.topic + " " + std::to_string(id.number); }

class Driver {
 public:
  explicit Driver(alarum::Source& source) : source_(source) {}

  void load(std::istream& words) {
    alarum::PartitionId id{source_.name(), {}, 0};
    alarum::PartitionProgress progress;
    std::int64_t time = 0;
    words >> id.topic >> id.number >> progress.next_offset >> progress.last_offset >> time;
    if (time > 0) progress.last_timestamp = alarum::Timestamp{time};
    positions_[id] = progress;
  }

  void step() {
    if (alarum::steady_now() >= discover_due_) {
      discover_due_ = alarum::steady_now() + 200ms;
      discover();
    }
    for (std::size_t worker = 0; worker < workers; ++worker) {
      source_.intake(worker).poll(5ms, 100, batch_);
      for (const alarum::Record& record : batch_.records) take(record);
      for (const PartitionNotice& notice : batch_.notices) take(notice);
    }
    source_.publish_positions(positions_);
  }

  void pause(bool paused) {
    for (std::size_t worker = 0; worker < workers; ++worker) source_.intake(worker).set_paused(paused);
  }

  void tell_health() {
    const auto health = source_.health(positions_);
    std::int64_t lag = 0;
    for (const auto& part : health.lags) lag += part.records;
    std::printf("health %d %lld %s\n", health.connected, static_cast<long long>(lag), health.trouble.c_str());
  }

  void tell_positions() {
    for (const auto& [id, progress] : positions_) {
      std::printf("position %s %lld %lld %lld\n", place(id).c_str(),
                  static_cast<long long>(progress.next_offset), static_cast<long long>(progress.last_offset),
                  static_cast<long long>(progress.last_timestamp.value_or(alarum::Timestamp{}).microseconds));
    }
  }

 private:
  void discover() {
    const auto ended = std::exchange(ended_, {});
    for (const auto& start : source_.discover(positions_, ended)) {
      std::printf("start %s %lld", place(start.partition).c_str(), static_cast<long long>(start.offset));
      if (start.gap) {
        std::printf(" %s %lld %lld", std::string(gap_reason_name(start.gap->reason)).c_str(),
                    static_cast<long long>(start.gap->from), static_cast<long long>(start.gap->to));
      }
      std::printf("\n");
      auto& progress = positions_[start.partition];
      if (start.gap || progress.next_offset != start.offset) progress = {start.offset, -1, {}, {}};
      const auto begun = source_.begin(start, static_cast<std::size_t>(start.partition.number) % workers);
      if (!begun) std::printf("error %s\n", begun.error().message.c_str());
    }
  }

  void take(const alarum::Record& record) {
    const auto& at = record.coordinates;
    const alarum::PartitionId id{std::string(at.source), std::string(at.topic), at.partition};
    positions_[id] = {at.offset + 1, at.offset, at.timestamp, {}};
    std::printf("record %s %lld %lld %.*s\n", place(id).c_str(), static_cast<long long>(at.offset),
                static_cast<long long>(at.timestamp.value_or(alarum::Timestamp{}).microseconds),
                static_cast<int>(record.bytes.size()), record.bytes.data());
  }

  void take(const PartitionNotice& notice) {
    const char* const names[] = {"end", "out_of_range", "recreated", "failed"};
    std::printf("%s %s %lld\n", names[static_cast<int>(notice.kind)], place(notice.partition).c_str(),
                static_cast<long long>(notice.offset));
    if (notice.kind != PartitionNotice::Kind::end_reached) ended_.push_back(notice);
  }

  alarum::Source& source_;
  alarum::Positions positions_;
  std::vector<PartitionNotice> ended_;
  alarum::IntakeBatch batch_;
  alarum::Duration discover_due_{};
};

alarum::KafkaSourceSettings read_settings(int count, char** words) {
  alarum::KafkaSourceSettings out;
  out.name = "test";
  out.connection.brokers = {words[1]};
  std::istringstream topics(words[2]);
  for (std::string topic; std::getline(topics, topic, ',');) out.topics.push_back(topic);
  const auto start = alarum::parse_kafka_position(words[3]);
  if (start) out.start = *start;
  out.group = "driver";
  out.topics_interval = 300ms;
  out.identity_interval = 300ms;
  for (int i = 4; i < count; ++i) {
    const std::string word = words[i];
    out.connection.properties[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
  }
  return out;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 64;
  std::setvbuf(stdout, nullptr, _IOLBF, 1U << 16U);
  auto source = alarum::KafkaSource::open(read_settings(count, words), workers);
  if (!source) {
    std::fprintf(stderr, "%s\n", source.error().message.c_str());
    return 1;
  }
  Driver driver(**source);
  std::string word;
  for (std::string line; std::getline(std::cin, line) && line != "go";) {
    std::istringstream text(line);
    text >> word;
    driver.load(text);
  }
  alarum::BoundedQueue<std::string> commands(16);
  std::jthread reader([&] {
    for (std::string line; std::getline(std::cin, line) && commands.push(line);) continue;
    commands.push("stop");
  });
  for (;;) {
    driver.step();
    const auto command = commands.try_pop().value_or("");
    if (command == "pause" || command == "resume") driver.pause(command == "pause");
    if (command == "health") driver.tell_health();
    if (command == "stop") break;
  }
  driver.tell_positions();
  std::fflush(stdout);
  commands.close();
  source->reset();
  std::_Exit(0);  // the reader may wait for a line that never comes
}
