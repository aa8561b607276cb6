// What lies in a state, as a damaged disk might give it back: never a crash, and what is understood is
// written again as it was read.
#include "daemon/base/ensure.h"
#include "daemon/pipeline/state_codec.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t key_size = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.front());
  if (bytes.size() < key_size + 1) return 0;
  const std::string_view key = bytes.substr(1, key_size);
  const std::string_view value = bytes.substr(1 + key_size);

  alarum::CommittedState state;
  if (alarum::decode_state(key, value, state)) {
    alarum::CommitBatch batch;
    batch.partitions = state.partitions;
    batch.totals = state.totals;
    alarum::CommittedState again;
    for (const auto& change : alarum::encode_commit(batch, 0)) {
      const bool is_read = change.value && alarum::decode_state(change.key, *change.value, again).has_value();
      ENSURE(is_read, "what was written is read");
    }
    ENSURE(again.partitions == state.partitions && again.totals == state.totals,
           "what is read again is what was read");
  }
  if (const auto entry = alarum::decode_entry(key, value))
    ENSURE(alarum::outbox_key(entry->sequence) == key, "an entry is found under its sequence");
  return 0;
}
