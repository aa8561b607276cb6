#include "daemon/kafka/kafka_witness.h"

#include "daemon/kafka/kafka_offsets.h"
#include "daemon/kafka/kafka_start.h"

namespace alarum {

Result<std::unique_ptr<KafkaWitness>> KafkaWitness::open(const KafkaSettings& connection,
                                                         const std::vector<std::string>& topics) {
  std::unique_ptr<KafkaWitness> out(new KafkaWitness());
  KafkaRole role = KafkaRole::consumer({});
  role.fixed["fetch.message.max.bytes"] = "1";  // one batch, which a broker gives in any case
  KafkaSettings settings = connection;
  settings.properties.erase("fetch.message.max.bytes");
  settings.properties.erase("max.partition.fetch.bytes");  // its other name
  TRY(out->client_, KafkaClient::open(settings, std::move(role)));
  for (const std::string& topic : topics) {
    TRY(out->topics_[topic], out->client_->open_topic(topic));
  }
  return out;
}

bool KafkaWitness::is_other(const PartitionId& partition, const PartitionProgress& progress, Duration wait) {
  client_->serve(Duration(0));
  const auto before = remembered_.find(partition);
  if (before != remembered_.end()) {
    const auto time = query_record_time(*client_, topics_[partition.topic].get(), partition,
                                        before->second.last_offset, wait);
    if (!time) return false;  // not to be asked now; what is remembered stays
    if (identify(before->second, *time) == KafkaIdentity::other) return true;
  }
  if (progress.last_offset >= 0 && progress.last_timestamp) remembered_[partition] = progress;
  return false;
}

void KafkaWitness::remember(const PartitionId& partition, const PartitionProgress& progress) {
  remembered_.erase(partition);
  if (progress.last_offset >= 0 && progress.last_timestamp) remembered_[partition] = progress;
}

}  // namespace alarum
