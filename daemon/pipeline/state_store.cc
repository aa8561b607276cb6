#include "daemon/pipeline/state_store.h"

#include "daemon/pipeline/state_codec.h"

#include <limits>

namespace alarum {

Result<CommittedState> StateStore::load() {
  TRY(const auto pairs, bytes_->scan("", state_end(), std::numeric_limits<std::size_t>::max()));
  if (pairs.empty()) TRY_OK(bytes_->write(encode_new_state()));
  CommittedState out;
  for (const auto& [key, value] : pairs) TRY_OK(decode_state(key, value, out));
  deleted_before_ = out.delivered_by_all;
  for (const auto& [sink, sequence] : out.delivered) sinks_.insert(sink);
  return out;
}

Status StateStore::write(const CommitBatch& batch) {
  auto changes = encode_commit(batch, deleted_before_);
  for (const std::string& sink : sinks_) {
    if (!batch.delivered.contains(sink)) changes.push_back(forget_sink(sink));
  }
  TRY_OK(bytes_->write(changes));
  deleted_before_ = batch.delivered_by_all;
  sinks_.clear();
  for (const auto& [sink, sequence] : batch.delivered) sinks_.insert(sink);
  return {};
}

Result<std::vector<OutboxEntry>> StateStore::read_outbox(std::uint64_t after, std::size_t bytes_max) {
  TRY(const auto pairs, bytes_->scan(outbox_key(after + 1), outbox_end(), bytes_max));
  std::vector<OutboxEntry> out;
  out.reserve(pairs.size());
  for (const auto& [key, value] : pairs) {
    TRY(OutboxEntry entry, decode_entry(key, value));
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace alarum
