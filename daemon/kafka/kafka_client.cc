#include "daemon/kafka/kafka_client.h"

#include "daemon/base/log.h"
#include "daemon/base/suggest.h"
#include "daemon/kafka/kafka_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alarum {
namespace {

using Configuration = std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)>;

/// Every name that librdkafka knows, to find the one that was meant.
std::vector<std::string> property_names(rd_kafka_conf_t* configuration) {
  std::size_t count = 0;
  const char** const dump = rd_kafka_conf_dump(configuration, &count);
  std::vector<std::string> out;
  for (std::size_t i = 0; i + 1 < count; i += 2) out.emplace_back(dump[i]);
  rd_kafka_conf_dump_free(dump, count);
  return out;
}

/// Whether a value of this name could be secret, so that a message may not quote it.
bool is_secret(std::string_view name) {
  for (const std::string_view word : {"password", "secret", "pem", "jaas", "oauthbearer"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return false;
}

Status set_property(rd_kafka_conf_t* configuration, const std::string& name, const std::string& value) {
  std::array<char, 512> text{};
  switch (rd_kafka_conf_set(configuration, name.c_str(), value.c_str(), text.data(), text.size())) {
    case RD_KAFKA_CONF_OK: return {};
    case RD_KAFKA_CONF_UNKNOWN: {
      std::string message = "librdkafka has no property '" + name + "'";
      const auto names = property_names(configuration);
      const std::vector<std::string_view> candidates(names.begin(), names.end());
      if (const auto hint = did_you_mean(name, candidates); !hint.empty()) message += "; " + hint;
      return Error{ErrorCode::invalid, std::move(message)};
    }
    default: break;
  }
  return Error{ErrorCode::invalid, "the value of property '" + name + "' is not valid" +
                                       (is_secret(name) ? std::string() : ": " + std::string(text.data()))};
}

std::string joined(const std::vector<std::string>& brokers) {
  std::string out;
  for (const std::string& broker : brokers) out += (out.empty() ? "" : ",") + broker;
  return out;
}

KafkaProperties common_defaults() {
  return {
      {"client.id", "alarum"},
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.max.ms", "2000"},  // librdkafka's 10 s would be lost after every outage
      {"allow.auto.create.topics", "false"},
  };
}

std::optional<IpAddress> address_of(const sockaddr* address, int size) {
  IpAddress out;
  if (address->sa_family == AF_INET && size >= static_cast<int>(sizeof(sockaddr_in))) {
    sockaddr_in found{};
    std::memcpy(&found, address, sizeof(found));
    out.bytes[10] = out.bytes[11] = 0xFF;
    std::memcpy(&out.bytes[12], &found.sin_addr, sizeof(found.sin_addr));
    return out;
  }
  if (address->sa_family != AF_INET6 || size < static_cast<int>(sizeof(sockaddr_in6))) return std::nullopt;
  sockaddr_in6 found{};
  std::memcpy(&found, address, sizeof(found));
  std::copy_n(std::begin(found.sin6_addr.s6_addr), out.bytes.size(), out.bytes.begin());
  return out;
}

Status apply(rd_kafka_conf_t* configuration, const KafkaSettings& settings, const KafkaRole& role) {
  KafkaProperties all = common_defaults();
  for (const auto& [name, value] : role.defaults) all[name] = value;
  for (const auto& [name, value] : settings.properties) {
    const auto ours = role.fixed.find(name);
    if (name == "bootstrap.servers" || name == "metadata.broker.list") {
      return Error{ErrorCode::invalid, "property '" + name + "': 'brokers' says this"};
    }
    if (ours != role.fixed.end() && ours->second != value) {
      return Error{ErrorCode::invalid, "property '" + name + "' has to be " + ours->second +
                                           ": what is exact here depends on it"};
    }
    all[name] = value;
  }
  for (const auto& [name, value] : role.fixed) all[name] = value;
  all["bootstrap.servers"] = joined(settings.brokers);
  for (const auto& [name, value] : all) TRY_OK(set_property(configuration, name, value));
  return {};
}

}  // namespace

KafkaRole KafkaRole::consumer(const std::string& group) {
  KafkaRole role;
  role.defaults = {
      // What a worker's queue holds at most. Beyond it librdkafka pauses for a second: enough for that
      // second.
      {"queued.max.messages.kbytes", "65536"},
      {"queued.min.messages", "1000000"},
      {"topic.metadata.refresh.interval.ms", "30000"},
      {"check.crcs", "true"},
      // A topic that is gone is gone; librdkafka would keep quiet about it for its first half minute.
      {"topic.metadata.propagation.max.ms", "0"},
  };
  role.fixed = {
      {"auto.offset.reset", "error"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
  };
  if (!group.empty()) role.fixed["group.id"] = group;
  return role;
}

void KafkaDeleter::operator()(rd_kafka_s* handle) const {
  rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}
void KafkaDeleter::operator()(rd_kafka_topic_s* topic) const { rd_kafka_topic_destroy(topic); }
void KafkaDeleter::operator()(rd_kafka_queue_s* queue) const { rd_kafka_queue_destroy(queue); }
void KafkaDeleter::operator()(rd_kafka_message_s* message) const { rd_kafka_message_destroy(message); }

/// What librdkafka calls: in `serve`, but for sockets, which its own threads connect and close.
struct KafkaClient::Callbacks {
  static void on_error(rd_kafka_t* handle, int error, const char* reason, void* opaque) {
    auto& client = *static_cast<KafkaClient*>(opaque);
    const auto code = static_cast<rd_kafka_resp_err_t>(error);
    const bool is_fatal = code == RD_KAFKA_RESP_ERR__FATAL;
    const bool all_down = code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    if (is_fatal || all_down) client.is_connected_ = false;
    // "All brokers are down" comes behind what each of them did, which says more.
    if (all_down && !client.last_error_.empty()) return;
    client.last_error_ = reason;
    if (!is_fatal) return;
    std::array<char, 512> text{};
    rd_kafka_fatal_error(handle, text.data(), text.size());
    client.last_error_ = text.data();
    log::error("kafka client gave up", {{"error", client.last_error_}});
  }

  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    static_cast<KafkaClient*>(opaque)->role_.on_delivery(*message);
  }

  /// Connects as librdkafka would: one that is under way counts as done.
  static int on_connect(int socket, const sockaddr* address, int size, const char*, void* opaque) {
    if (const auto peer = address_of(address, size))
      static_cast<KafkaClient*>(opaque)->peers_->open(socket, *peer);
    if (connect(socket, address, static_cast<socklen_t>(size)) == 0 || errno == EINPROGRESS) return 0;
    return errno;
  }

  static int on_close(int socket, void* opaque) {
    // First: the number may be somebody else's as soon as it is closed.
    static_cast<KafkaClient*>(opaque)->peers_->close(socket);
    return close(socket);
  }
};

KafkaClient::KafkaClient(KafkaRole role, ConnectedPeers* peers) : role_(std::move(role)), peers_(peers) {}
KafkaClient::~KafkaClient() = default;

Result<std::unique_ptr<KafkaClient>> KafkaClient::open(const KafkaSettings& settings, KafkaRole role) {
  if (settings.brokers.empty()) return Error{ErrorCode::invalid, "no broker is named"};
  Configuration configuration(rd_kafka_conf_new(), rd_kafka_conf_destroy);
  TRY_OK(apply(configuration.get(), settings, role));

  std::unique_ptr<KafkaClient> out(new KafkaClient(std::move(role), settings.peers));
  rd_kafka_conf_set_opaque(configuration.get(), out.get());
  rd_kafka_conf_set_log_cb(configuration.get(), &KafkaLog::write);
  rd_kafka_conf_set_error_cb(configuration.get(), &Callbacks::on_error);
  if (out->peers_ != nullptr) {
    rd_kafka_conf_set_connect_cb(configuration.get(), &Callbacks::on_connect);
    rd_kafka_conf_set_closesocket_cb(configuration.get(), &Callbacks::on_close);
  }
  if (out->role_.on_delivery) {
    rd_kafka_conf_set_dr_msg_cb(configuration.get(), &Callbacks::on_delivery);
  }
  std::array<char, 512> text{};
  const auto type = out->role_.is_producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
  out->handle_.reset(rd_kafka_new(type, configuration.get(), text.data(), text.size()));
  if (!out->handle_) return Error{ErrorCode::invalid, "kafka client: " + std::string(text.data())};
  configuration.release();  // the client owns it now; NOLINT(bugprone-unused-return-value)
  return out;
}

Result<KafkaTopicHandle> KafkaClient::open_topic(const std::string& name) const {
  KafkaTopicHandle out(rd_kafka_topic_new(handle(), name.c_str(), nullptr));
  if (out) return out;
  return Error{ErrorCode::invalid, "topic '" + name + "': " + rd_kafka_err2str(rd_kafka_last_error())};
}

void KafkaClient::serve(Duration wait) { rd_kafka_poll(handle(), kafka_milliseconds(wait)); }

void KafkaClient::note_answer() {
  is_connected_ = true;
  last_error_.clear();
}

int kafka_milliseconds(Duration wait) {
  if (wait <= Duration(0)) return 0;
  return static_cast<int>((wait.count() + 999) / 1000);
}

}  // namespace alarum
