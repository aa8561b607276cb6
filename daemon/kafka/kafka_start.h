#pragma once

#include "daemon/kafka/kafka_offsets.h"
#include "daemon/stream/source.h"

#include <cstdint>
#include <optional>

/// Where a partition begins that was read before, and what was lost: decided from what is committed and what
/// the broker says. Pure functions.
namespace alarum {

/// Whether the topic is the one that was read before, as far as its last record tells.
enum class KafkaIdentity : std::uint8_t {
  same,     ///< the record is there, with the time that we know
  other,    ///< another record is at its offset
  unknown,  ///< it was deleted, or nothing was read yet, or records have no time
};

/// Whether asking for the last record could tell.
bool can_identify(const PartitionProgress& committed, const KafkaRange& range);

/// What the time of the record at `last_offset` says; nothing when no record is there.
KafkaIdentity identify(const PartitionProgress& committed, std::optional<Timestamp> found);

/// The start of `partition`. `was_deleted`: the cluster once said that the topic was gone, which is believed
/// where nothing proves that it is the same.
PartitionStart decide_start(const PartitionId& partition, const PartitionProgress& committed,
                            const KafkaRange& range, KafkaIdentity identity, bool was_deleted);

}  // namespace alarum
