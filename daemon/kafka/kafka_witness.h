#pragma once

#include "daemon/kafka/kafka_client.h"
#include "daemon/stream/source.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace alarum {

/// Tells a topic that was made anew under our hands: deleted, created and filled beyond our position between
/// two fetches, it looks like the old one to whoever reads on. A second consumer looks now and then whether
/// the record that was the last one at the time of the look before is still there. The source's thread.
class KafkaWitness {
 public:
  /// Opens its consumer.
  static Result<std::unique_ptr<KafkaWitness>> open(const KafkaSettings& connection,
                                                    const std::vector<std::string>& topics);

  /// Whether another record is where the one that was remembered was. Remembers the last one of `progress`.
  bool is_other(const PartitionId& partition, const PartitionProgress& progress, Duration wait);

  /// From now on the last record of `progress` is the one to look for; nothing, where it has none.
  void remember(const PartitionId& partition, const PartitionProgress& progress);

 private:
  KafkaWitness() = default;

  std::unique_ptr<KafkaClient> client_;
  std::map<std::string, KafkaTopicHandle> topics_;
  std::map<PartitionId, PartitionProgress> remembered_;
};

}  // namespace alarum
