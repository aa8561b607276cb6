#pragma once

#include "daemon/pipeline/byte_store.h"
#include "daemon/stream/commit.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// How commits lie in a byte store: keys that sort as we read them, values that begin with the version of
/// their form. Numbers in keys have the big end first; in values they are varints (LEB128). What is not
/// understood is an error, never a guess: the state may be of a newer version, or the disk may have lied.
namespace alarum {

/// The changes that make `batch` true after a state in which entries up to `deleted_before` are gone.
std::vector<ByteChange> encode_commit(const CommitBatch& batch, std::uint64_t deleted_before);

/// The change that forgets how far `sink` was.
ByteChange forget_sink(const std::string& sink);

/// The changes that mark a new, empty store as ours.
std::vector<ByteChange> encode_new_state();

/// Takes one pair of the store into `state`. Outbox entries are not part of it and are not asked for.
Status decode_state(std::string_view key, std::string_view value, CommittedState& state);

/// The entry of an outbox pair.
Result<OutboxEntry> decode_entry(std::string_view key, std::string_view value);

/// The key of the outbox entry `sequence`.
std::string outbox_key(std::uint64_t sequence);

/// The first key behind all outbox entries, and the first behind all others.
std::string outbox_end();
std::string state_end();

}  // namespace alarum
