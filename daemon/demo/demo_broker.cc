// alarum-demo-broker: a volatile broker that speaks Kafka's protocol, for the demo and fast tests. It is
// librdkafka's mock cluster: nothing reaches the disk, and a partition keeps its last 5 MiB.
#include "daemon/demo/end_signals.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <getopt.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <memory>
#include <poll.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace alarum::demo {
namespace {

constexpr const char* program = "alarum-demo-broker";
constexpr const char* help_text = R"(alarum-demo-broker [--topic NAME:PARTITIONS]… [--until-stdin-closes]

A volatile broker that speaks Kafka's protocol, for demonstrations and tests: nothing is kept when it ends,
and a partition keeps its last 5 MiB only. Prints the address of its bootstrap servers on stdout and runs
until SIGTERM or SIGINT.

  --topic NAME:PARTITIONS  creates this topic; others are created with 4 partitions when they are first used
  --until-stdin-closes     also ends when standard input is closed: with whoever started it
  --help                   prints this
)";
constexpr int partitions_max = 1000;

enum ExitStatus : int { done = 0, failed = 4, wrong_usage = 64 };

struct Topic {
  std::string name;
  int partitions = 0;
};

struct Request {
  std::vector<Topic> topics;
  bool until_stdin_closes = false;
  bool is_help = false;
};

bool take_topic(std::string_view text, Request& request) {
  const auto colon = text.rfind(':');
  Topic topic{std::string(text.substr(0, colon)), 0};
  const std::string_view number = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), topic.partitions);
  const bool is_number = error == std::errc() && end == number.data() + number.size();
  if (!topic.name.empty() && is_number && topic.partitions >= 1 && topic.partitions <= partitions_max) {
    request.topics.push_back(std::move(topic));
    return true;
  }
  std::fprintf(stderr, "%s: --topic takes NAME:PARTITIONS, with 1 to %d partitions, not '%.*s'\n", program,
               partitions_max, static_cast<int>(text.size()), text.data());
  return false;
}

bool read_arguments(int argc, char** argv, Request& request) {
  static const option known[] = {{"topic", required_argument, nullptr, 't'},
                                 {"until-stdin-closes", no_argument, nullptr, 'u'},
                                 {"help", no_argument, nullptr, 'h'},
                                 {nullptr, 0, nullptr, 0}};
  for (int letter = 0; (letter = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
    if (letter == 't' && !take_topic(optarg, request)) return false;
    if (letter == 'u') request.until_stdin_closes = true;
    if (letter == 'h') request.is_help = true;
    if (letter == '?') return false;  // getopt_long said why
  }
  if (optind == argc) return true;
  std::fprintf(stderr, "%s: '%s' is not an option\n", program, argv[optind]);
  return false;
}

/// Waits for a signal or, if that is wanted, for the end of stdin; what comes from there is thrown away.
void wait_for_end(const EndSignals& signals, bool until_stdin_closes) {
  std::array<pollfd, 2> watched{{{signals.descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  const nfds_t count = until_stdin_closes ? 2 : 1;
  while (poll(watched.data(), count, -1) >= 0 || errno == EINTR) {
    if (watched[0].revents != 0) return;
    std::array<char, 4096> thrown_away{};
    if (watched[1].revents != 0 && read(STDIN_FILENO, thrown_away.data(), thrown_away.size()) <= 0) return;
  }
}

int serve(const Request& request) {
  const EndSignals signals;
  std::array<char, 512> text{};
  rd_kafka_conf_t* const configuration = rd_kafka_conf_new();
  // The host is no client of anybody, and would warn that it has no brokers.
  rd_kafka_conf_set(configuration, "log_level", "3", text.data(), text.size());
  const std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> host(
      rd_kafka_new(RD_KAFKA_PRODUCER, configuration, text.data(), text.size()), rd_kafka_destroy);
  if (!host) {
    std::fprintf(stderr, "%s: %s\n", program, text.data());
    return failed;
  }
  const std::unique_ptr<rd_kafka_mock_cluster_t, decltype(&rd_kafka_mock_cluster_destroy)> cluster(
      rd_kafka_mock_cluster_new(host.get(), 1), rd_kafka_mock_cluster_destroy);
  if (!cluster) {
    std::fprintf(stderr, "%s: cannot listen on loopback\n", program);
    return failed;
  }
  for (const Topic& topic : request.topics) {
    const auto error = rd_kafka_mock_topic_create(cluster.get(), topic.name.c_str(), topic.partitions, 1);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    std::fprintf(stderr, "%s: topic '%s': %s\n", program, topic.name.c_str(), rd_kafka_err2str(error));
    return failed;
  }
  if (std::printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster.get())) < 0 || std::fflush(stdout) != 0) {
    std::fprintf(stderr, "%s: cannot write to standard output: %s\n", program, std::strerror(errno));
    return failed;
  }
  wait_for_end(signals, request.until_stdin_closes);
  return done;
}

}  // namespace
}  // namespace alarum::demo

int main(int argc, char** argv) {
  alarum::demo::Request request;
  if (!alarum::demo::read_arguments(argc, argv, request)) return alarum::demo::wrong_usage;
  if (request.is_help) return std::fputs(alarum::demo::help_text, stdout) == EOF ? alarum::demo::failed : 0;
  return alarum::demo::serve(request);
}
