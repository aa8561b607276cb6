#include "daemon/pipeline/state_codec.h"

#include <catch2/catch.hpp>

#include <limits>

namespace alarum {
namespace {

constexpr std::int64_t int_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t int_min = std::numeric_limits<std::int64_t>::min();

CommitBatch a_batch() {
  CommitBatch out;
  out.plan_hash = "0123456789abcdef";
  out.partitions[{"s", "t", 0}] = {int_max, int_max - 1, Timestamp{int_min}, Timestamp{-1}};
  out.partitions[{"s", "t", 2147483647}] = {0, -1, std::nullopt, std::nullopt};
  out.partitions[{"s", "t-t", 0}] = {128, 127, Timestamp{1}, std::nullopt};
  out.totals["s"] = {1, 2, 3, 4, 5, 6, std::numeric_limits<std::uint64_t>::max()};
  out.delivered["sink"] = 7;
  out.entries = {{8, OutboxKind::alert, "id", "{}"},
                 {9, OutboxKind::dead_letter, "", std::string("\0\xFF", 2)}};
  out.delivered_by_all = 7;
  out.last_sequence = 9;
  return out;
}

/// What a store reads back of what was written, entries apart.
CommittedState read_back(const std::vector<ByteChange>& changes) {
  CommittedState out;
  for (const ByteChange& change : changes) {
    if (change.key >= state_end()) continue;
    const Status decoded = decode_state(change.key, *change.value, out);
    INFO((decoded ? "" : decoded.error().message));
    REQUIRE(decoded);
  }
  return out;
}

}  // namespace

TEST_CASE("what is committed is read back as it was") {
  const CommitBatch batch = a_batch();
  const CommittedState state = read_back(encode_commit(batch, 7));

  CHECK(state.plan_hash == batch.plan_hash);
  CHECK(state.partitions == batch.partitions);
  CHECK(state.totals == batch.totals);
  CHECK(state.delivered == batch.delivered);
  CHECK(state.last_sequence == 9);
  CHECK(state.delivered_by_all == 7);
}

TEST_CASE("outbox entries are read back with their sequence, kind, key and bytes") {
  for (const ByteChange& change : encode_commit(a_batch(), 7)) {
    if (change.key < state_end()) continue;
    const auto entry = decode_entry(change.key, *change.value);
    REQUIRE(entry);
    const OutboxEntry was = a_batch().entries.at(entry->sequence - 8);
    CHECK(entry->kind == was.kind);
    CHECK(entry->key == was.key);
    CHECK(entry->payload == was.payload);
  }
}

TEST_CASE("entries that every sink has are deleted, those before are left alone") {
  std::vector<std::string> deleted;
  for (const ByteChange& change : encode_commit(a_batch(), 5)) {
    if (!change.value) deleted.push_back(change.key);
  }
  CHECK(deleted == std::vector<std::string>{outbox_key(6), outbox_key(7)});
}

TEST_CASE("outbox keys sort by their sequence and behind everything else") {
  CHECK(outbox_key(1) < outbox_key(255));
  CHECK(outbox_key(255) < outbox_key(256));
  CHECK(outbox_key(256) < outbox_key(std::numeric_limits<std::uint64_t>::max()));
  CHECK(outbox_key(std::numeric_limits<std::uint64_t>::max()) < outbox_end());
  CHECK(state_end() < outbox_key(0));
}

TEST_CASE("a state of another version is refused by both versions") {
  CommittedState state;
  const Status decoded = decode_state("a", "2", state);
  REQUIRE(!decoded);
  CHECK(decoded.error().code == ErrorCode::unsupported);
  CHECK(decoded.error().message == "the state has version '2', this program reads version 1");
}

TEST_CASE("a damaged value is an error wherever it is cut, and whatever stands behind it") {
  for (const ByteChange& change : encode_commit(a_batch(), 7)) {
    if (change.key == "b") continue;  // the hash of a plan is any text
    const auto is_sound = [&](std::string_view value) {
      CommittedState state;
      return change.key < state_end() ? decode_state(change.key, value, state).has_value()
                                      : decode_entry(change.key, value).has_value();
    };
    CHECK(is_sound(*change.value));
    for (std::size_t size = 0; size < change.value->size(); ++size)
      CHECK(!is_sound(std::string_view(*change.value).substr(0, size)));
    CHECK(!is_sound(*change.value + "x"));
    std::string other_form = *change.value;
    other_form.front() = 2;
    CHECK(!is_sound(other_form));
  }
}

TEST_CASE("a key that nobody wrote is an error") {
  CommittedState state;
  for (const std::string key : {"", "z", "c", "ca", "cs", "ps\0t"}) CHECK(!decode_state(key, "\x01", state));
  CHECK(!decode_entry("o", "\x01\x01"));
}

}  // namespace alarum
