#pragma once

#include "daemon/base/connected_peers.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/kafka/kafka_handles.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// Properties of librdkafka, by its own names.
using KafkaProperties = std::map<std::string, std::string>;

/// Where a cluster is, and how to talk to it.
struct KafkaSettings {
  std::vector<std::string> brokers;  ///< `host:port`; those that are asked for the rest
  KafkaProperties properties;        ///< as configured; they may hold passwords, which are never logged
  ConnectedPeers* peers = nullptr;   ///< is told whom clients connect to, and outlives them; null: nobody is
};

/// What a client is for. `defaults` give way to the configured properties; `fixed` are ours, and a
/// configuration that says otherwise is refused.
struct KafkaRole {
  bool is_producer = false;
  KafkaProperties defaults;
  KafkaProperties fixed;
  /// What became of a message that was produced. In `serve`.
  std::function<void(const rd_kafka_message_s&)> on_delivery;

  /// Reads where it is told, and nowhere else. `group` is where it may commit; empty: nowhere.
  static KafkaRole consumer(const std::string& group);
};

/// A client of one cluster: it reconnects by itself without end, and what librdkafka has to say goes to our
/// log. Never copied or moved, since callbacks refer to it. `handle` may be used by any thread, the rest by
/// one.
class KafkaClient {
 public:
  /// Opens the client; brokers are not waited for. The error names the property that is wrong.
  static Result<std::unique_ptr<KafkaClient>> open(const KafkaSettings& settings, KafkaRole role);

  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  /// librdkafka's client; lives as long as this.
  rd_kafka_s* handle() const { return handle_.get(); }

  /// A topic of this client, whether the cluster has it or not.
  Result<KafkaTopicHandle> open_topic(const std::string& name) const;

  /// Handles what came up since the last call, for at most `wait`.
  void serve(Duration wait);

  /// A broker has answered just now: the trouble before is over.
  void note_answer();

  /// Whether a broker has answered, and not all of them went down since. One of several that is down is not
  /// our trouble: what it leads is led by another soon.
  bool is_connected() const { return is_connected_; }
  /// Why it is not connected, as the latest error says; empty when it is, or when none came.
  std::string trouble() const { return is_connected_ ? std::string() : last_error_; }
  /// The latest error since a broker answered, be it of one of several; empty when there is none.
  const std::string& last_error() const { return last_error_; }

 private:
  struct Callbacks;
  KafkaClient(KafkaRole role, ConnectedPeers* peers);

  KafkaRole role_;
  ConnectedPeers* peers_;
  KafkaHandle handle_;
  bool is_connected_ = false;
  std::string last_error_;
};

/// Whole milliseconds, as librdkafka counts; a wait that is not zero stays one.
int kafka_milliseconds(Duration wait);

}  // namespace alarum
