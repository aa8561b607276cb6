// alarum-kafka-sink-driver BROKERS TOPIC [idle=SECONDS] [PROPERTY=VALUE…]: delivers lines of stdin, `KEY
// BYTES`, through a Kafka sink; `KEY *COUNT` is a payload of so many bytes. Says `delivered SEQUENCE` or
// `refused SEQUENCE REASON` for each, and `trouble TEXT` when that changes. Ends when all have a result,
// `idle` seconds later.
#include "daemon/base/clock.h"
#include "daemon/kafka/kafka_sink.h"

#include <cstdio>
#include <iostream>
#include <string>

namespace {

alarum::OutboxEntry entry_of(std::uint64_t sequence, const std::string& line) {
  const auto space = line.find(' ');
  std::string payload = line.substr(space + 1);
  if (payload.starts_with("*")) payload = std::string(std::stoul(payload.substr(1)), 'x');
  return {sequence, alarum::OutboxKind::alert, line.substr(0, space), std::move(payload)};
}

void deliver(alarum::Sink& sink, const std::vector<alarum::OutboxEntry>& entries, alarum::Duration idle) {
  std::vector<alarum::SinkResult> results;
  std::size_t offered = 0;
  std::string trouble;
  alarum::Duration end = alarum::steady_now() + idle;
  for (std::size_t done = 0; done < entries.size() || alarum::steady_now() < end; results.clear()) {
    while (offered < entries.size() && sink.offer(entries[offered])) ++offered;
    sink.step(std::chrono::milliseconds(20), results);
    done += results.size();
    if (!results.empty()) end = alarum::steady_now() + idle;
    for (const auto& result : results) {
      std::printf("%s %llu %s\n", result.delivered ? "delivered" : "refused",
                  static_cast<unsigned long long>(result.sequence), result.reason.c_str());
    }
    if (sink.trouble() == trouble) continue;
    trouble = sink.trouble();
    std::printf("trouble %s\n", trouble.c_str());
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 64;
  std::setvbuf(stdout, nullptr, _IOLBF, 1U << 16U);
  alarum::KafkaSinkSettings settings;
  settings.name = "test";
  settings.connection.brokers = {words[1]};
  settings.topic = words[2];
  settings.entries_max = 100;
  alarum::Duration idle{0};
  for (int i = 3; i < count; ++i) {
    const std::string word = words[i];
    const std::string value = word.substr(word.find('=') + 1);
    if (word.starts_with("idle=")) {
      idle = std::chrono::seconds(std::stoi(value));
    } else {
      settings.connection.properties[word.substr(0, word.find('='))] = value;
    }
  }
  auto sink = alarum::KafkaSink::open(settings);
  if (!sink) {
    std::fprintf(stderr, "%s\n", sink.error().message.c_str());
    return 1;
  }
  std::vector<alarum::OutboxEntry> entries;
  for (std::string line; std::getline(std::cin, line);) entries.push_back(entry_of(entries.size() + 1, line));
  deliver(**sink, entries, idle);
  return 0;
}
