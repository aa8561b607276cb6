// alarum-kafka-lab: what the tests need to do to a real broker, without Kafka's own command line tools.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <librdkafka/rdkafka.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Arguments = std::vector<std::string>;
using Handle = std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)>;
using Queue = std::unique_ptr<rd_kafka_queue_t, void (*)(rd_kafka_queue_t*)>;

constexpr int timeout_ms = 10'000;

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

void check(rd_kafka_resp_err_t error, const std::string& what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(what + ": " + rd_kafka_err2str(error));
}

Handle open(rd_kafka_type_t type, const std::string& brokers,
            const std::map<std::string, std::string>& more = {}) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  std::map<std::string, std::string> properties{{"bootstrap.servers", brokers}, {"log_level", "2"}};
  properties.insert(more.begin(), more.end());
  char text[512];
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK)
      fail(text);
  }
  rd_kafka_t* const made = rd_kafka_new(type, conf, text, sizeof text);
  if (made == nullptr) fail(text);
  return {made, rd_kafka_destroy};
}

/// Runs one admin request, and gives its result, which the caller destroys.
rd_kafka_event_t* admin(rd_kafka_t* client, const std::function<void(rd_kafka_queue_t*)>& request) {
  const Queue queue{rd_kafka_queue_new(client), rd_kafka_queue_destroy};
  request(queue.get());
  rd_kafka_event_t* const event = rd_kafka_queue_poll(queue.get(), 30'000);
  if (event == nullptr) fail("no answer within 30 s");
  check(rd_kafka_event_error(event), "request");
  return event;
}

void check_topics(const rd_kafka_topic_result_t** results, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    check(rd_kafka_topic_result_error(results[i]), rd_kafka_topic_result_name(results[i]));
  }
}

const rd_kafka_metadata_t* metadata_of(rd_kafka_t* client) {
  const rd_kafka_metadata_t* out = nullptr;
  check(rd_kafka_metadata(client, 1, nullptr, &out, timeout_ms), "metadata");
  return out;
}

void ping(const std::string& brokers, const Arguments&) {
  const Handle client = open(RD_KAFKA_PRODUCER, brokers);
  const rd_kafka_metadata_t* out = nullptr;
  check(rd_kafka_metadata(client.get(), 1, nullptr, &out, 1000), "metadata");
  rd_kafka_metadata_destroy(out);
}

/// Waits until every partition of `topic` has a leader, or until the topic is gone.
void wait_for_topic(rd_kafka_t* client, const std::string& topic, int partitions) {
  for (int tries = 0; tries < 500; ++tries) {
    const rd_kafka_metadata_t* const metadata = metadata_of(client);
    int with_leader = 0;
    for (int i = 0; i < metadata->topic_cnt; ++i) {
      if (metadata->topics[i].topic != topic || metadata->topics[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
        continue;
      for (int j = 0; j < metadata->topics[i].partition_cnt; ++j)
        with_leader += metadata->topics[i].partitions[j].leader >= 0;
    }
    rd_kafka_metadata_destroy(metadata);
    if (with_leader == partitions) return;
    rd_kafka_poll(client, 20);
  }
  fail("the partitions of " + topic + " do not settle");
}

/// create TOPIC PARTITIONS [SETTING=VALUE…]
void create(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open(RD_KAFKA_PRODUCER, brokers);
  const int partitions = std::stoi(arguments.at(1));
  char text[512];
  rd_kafka_NewTopic_t* topic =
      rd_kafka_NewTopic_new(arguments.at(0).c_str(), partitions, 1, text, sizeof text);
  if (topic == nullptr) fail(text);
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const auto equals = arguments[i].find('=');
    rd_kafka_NewTopic_set_config(topic, arguments[i].substr(0, equals).c_str(),
                                 arguments[i].substr(equals + 1).c_str());
  }
  rd_kafka_event_t* const event = admin(client.get(), [&](rd_kafka_queue_t* queue) {
    rd_kafka_CreateTopics(client.get(), &topic, 1, nullptr, queue);
  });
  std::size_t count = 0;
  check_topics(rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count), count);
  rd_kafka_event_destroy(event);
  rd_kafka_NewTopic_destroy(topic);
  wait_for_topic(client.get(), arguments.at(0), partitions);
}

/// grow TOPIC PARTITIONS
void grow(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open(RD_KAFKA_PRODUCER, brokers);
  const int partitions = std::stoi(arguments.at(1));
  char text[512];
  rd_kafka_NewPartitions_t* more = rd_kafka_NewPartitions_new(
      arguments.at(0).c_str(), static_cast<std::size_t>(partitions), text, sizeof text);
  if (more == nullptr) fail(text);
  rd_kafka_event_t* const event = admin(client.get(), [&](rd_kafka_queue_t* queue) {
    rd_kafka_CreatePartitions(client.get(), &more, 1, nullptr, queue);
  });
  std::size_t count = 0;
  check_topics(rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), &count),
               count);
  rd_kafka_event_destroy(event);
  rd_kafka_NewPartitions_destroy(more);
  wait_for_topic(client.get(), arguments.at(0), partitions);
}

/// delete TOPIC
void remove(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open(RD_KAFKA_PRODUCER, brokers);
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(arguments.at(0).c_str());
  rd_kafka_event_t* const event = admin(client.get(), [&](rd_kafka_queue_t* queue) {
    rd_kafka_DeleteTopics(client.get(), &topic, 1, nullptr, queue);
  });
  std::size_t count = 0;
  check_topics(rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count), count);
  rd_kafka_event_destroy(event);
  rd_kafka_DeleteTopic_destroy(topic);
  wait_for_topic(client.get(), arguments.at(0), 0);
}

/// trim TOPIC PARTITION OFFSET: deletes the records before it, as retention does
void trim(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open(RD_KAFKA_PRODUCER, brokers);
  rd_kafka_topic_partition_list_t* const before = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(before, arguments.at(0).c_str(), std::stoi(arguments.at(1)))->offset =
      std::stoll(arguments.at(2));
  rd_kafka_DeleteRecords_t* records = rd_kafka_DeleteRecords_new(before);
  rd_kafka_event_t* const event = admin(client.get(), [&](rd_kafka_queue_t* queue) {
    rd_kafka_DeleteRecords(client.get(), &records, 1, nullptr, queue);
  });
  const auto* const offsets =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event));
  for (int i = 0; i < offsets->cnt; ++i) check(offsets->elems[i].err, arguments.at(0));
  rd_kafka_event_destroy(event);
  rd_kafka_DeleteRecords_destroy(records);
  rd_kafka_topic_partition_list_destroy(before);
}

/// watermarks TOPIC PARTITION
void watermarks(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open(RD_KAFKA_CONSUMER, brokers);
  std::int64_t low = 0;
  std::int64_t high = 0;
  check(rd_kafka_query_watermark_offsets(client.get(), arguments.at(0).c_str(), std::stoi(arguments.at(1)),
                                         &low, &high, timeout_ms),
        "watermarks");
  std::printf("%lld %lld\n", static_cast<long long>(low), static_cast<long long>(high));
}

void note_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) { check(message->err, "delivery"); }

Handle open_producer(const std::string& brokers) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set_dr_msg_cb(conf, note_delivery);
  char text[512];
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"bootstrap.servers", brokers}, {"enable.idempotence", "true"}, {"linger.ms", "5"}}) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK)
      fail(text);
  }
  return {rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text), rd_kafka_destroy};
}

/// Hands one record to the client, and waits while its queue is full. Time 0 is the present.
void append(rd_kafka_t* client, const std::string& topic, int partition, std::int64_t time,
            std::string_view value) {
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  do {
    error = rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                              RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                              RD_KAFKA_V_TIMESTAMP(time), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                              RD_KAFKA_V_END);
    rd_kafka_poll(client, error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? 100 : 0);
  } while (error == RD_KAFKA_RESP_ERR__QUEUE_FULL);
  check(error, "produce");
}

/// produce TOPIC PARTITION [REPEAT]: each line of stdin is a record, all of them as often as REPEAT says. A
/// number, a space and `@` before a line is its time in milliseconds.
void produce(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open_producer(brokers);
  std::vector<std::pair<std::int64_t, std::string>> records;
  for (std::string line; std::getline(std::cin, line);) {
    std::int64_t time = 0;
    if (const auto at = line.find(" @");
        at != std::string::npos && line.find_first_not_of("0123456789") == at) {
      time = std::stoll(line);
      line.erase(0, at + 2);
    }
    records.emplace_back(time, std::move(line));
  }
  const int repeat = arguments.size() > 2 ? std::stoi(arguments[2]) : 1;
  for (int round = 0; round < repeat; ++round) {
    for (const auto& [time, line] : records)
      append(client.get(), arguments.at(0), std::stoi(arguments.at(1)), time, line);
  }
  check(rd_kafka_flush(client.get(), 60'000), "flush");
}

/// stream TOPIC: each line of stdin is a partition, a space and a record. At an empty line it waits until all
/// are delivered, and says how many there are so far.
void stream(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open_producer(brokers);
  long long delivered = 0;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) {
      check(rd_kafka_flush(client.get(), 60'000), "flush");
      std::printf("%lld\n", delivered);
      std::fflush(stdout);
      continue;
    }
    std::size_t digits = 0;
    const int partition = std::stoi(line, &digits);
    append(client.get(), arguments.at(0), partition, 0, std::string_view{line}.substr(digits + 1));
    ++delivered;
  }
  check(rd_kafka_flush(client.get(), 60'000), "flush");
}

void print(const rd_kafka_message_t& message) {
  std::printf("%d\t%lld\t%.*s\t%.*s\n", message.partition, static_cast<long long>(message.offset),
              static_cast<int>(message.key_len), static_cast<const char*>(message.key),
              static_cast<int>(message.len), static_cast<const char*>(message.payload));
}

/// consume TOPIC: every record of it, one a line: partition, offset, key, value
void consume(const std::string& brokers, const Arguments& arguments) {
  const Handle client =
      open(RD_KAFKA_CONSUMER, brokers,
           {{"group.id", "lab"}, {"enable.auto.commit", "false"}, {"enable.partition.eof", "true"}});
  rd_kafka_topic_partition_list_t* const all = rd_kafka_topic_partition_list_new(8);
  const rd_kafka_metadata_t* const metadata = metadata_of(client.get());
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    if (metadata->topics[i].topic != arguments.at(0)) continue;
    for (int j = 0; j < metadata->topics[i].partition_cnt; ++j)
      rd_kafka_topic_partition_list_add(all, metadata->topics[i].topic, j)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_metadata_destroy(metadata);
  if (all->cnt == 0) fail("there is no topic " + arguments.at(0));
  check(rd_kafka_assign(client.get(), all), "assign");
  for (int left = all->cnt; left > 0;) {
    rd_kafka_message_t* const message = rd_kafka_consumer_poll(client.get(), timeout_ms);
    if (message == nullptr) fail("nothing comes");
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      --left;
    } else {
      check(message->err, "consume");
      print(*message);
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_topic_partition_list_destroy(all);
  rd_kafka_consumer_close(client.get());
}

/// committed GROUP TOPIC PARTITION: the group's offset there
void committed(const std::string& brokers, const Arguments& arguments) {
  const Handle client = open(RD_KAFKA_CONSUMER, brokers, {{"group.id", arguments.at(0)}});
  rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, arguments.at(1).c_str(), std::stoi(arguments.at(2)));
  check(rd_kafka_committed(client.get(), list, timeout_ms), "committed");
  std::printf("%lld\n", static_cast<long long>(list->elems[0].offset));
  rd_kafka_topic_partition_list_destroy(list);
}

}  // namespace

int main(int count, char** words) {
  using Verb = void (*)(const std::string&, const Arguments&);
  const std::map<std::string, Verb> verbs{
      {"ping", ping},       {"create", create},         {"grow", grow},       {"delete", remove},
      {"trim", trim},       {"watermarks", watermarks}, {"produce", produce}, {"stream", stream},
      {"consume", consume}, {"committed", committed}};
  const Arguments all(words + 1, words + count);
  const auto verb = all.size() < 2 ? verbs.end() : verbs.find(all[1]);
  if (verb == verbs.end())
    fail(
        "alarum-kafka-lab BROKERS ping|create|grow|delete|trim|watermarks|produce|stream|consume|committed "
        "…");
  verb->second(all[0], Arguments(all.begin() + 2, all.end()));
  return 0;
}
