#include "daemon/pipeline/state_codec.h"

#include <optional>

namespace alarum {
namespace {

// Every key begins with one of these. The outbox sorts behind the rest.
constexpr char version_key = 'a';
constexpr char plan_key = 'b';
constexpr char partition_key = 'c';
constexpr char totals_key = 'd';
constexpr char sink_key = 'e';
constexpr char outbox_state_key = 'f';
constexpr char outbox_entry_key = 'o';

constexpr std::string_view state_version = "1";
constexpr char value_version = 1;
constexpr char separator = '\0';

class Writer {
 public:
  Writer() { bytes_ += value_version; }

  Writer& number(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) bytes_ += static_cast<char>((value & 0x7FU) | 0x80U);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  /// Zigzag, so that small negative numbers are short.
  Writer& signed_number(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return number((bits << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0));
  }
  Writer& time(std::optional<Timestamp> value) {
    number(value ? 1 : 0);
    return value ? signed_number(value->microseconds) : *this;
  }
  Writer& text(std::string_view value) {
    number(value.size());
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what Writer wrote; once something does not fit, `sound` stays false and all that is read is zero.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {
    sound_ = !rest_.empty() && rest_.front() == value_version;
    if (sound_) rest_.remove_prefix(1);
  }

  std::uint64_t number() {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64 && sound_; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      out |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return out;
    }
    sound_ = false;
    return 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits >> 1U) ^ ((bits & 1U) != 0 ? ~std::uint64_t{0} : 0));
  }
  std::optional<Timestamp> time() {
    if (number() == 0) return std::nullopt;
    return Timestamp{signed_number()};
  }
  std::string text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) sound_ = false;
    if (!sound_) return {};
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  /// Whether everything was as it should be, and nothing is left.
  bool is_sound() const { return sound_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool sound_ = false;
};

void append_big_end(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i > 0; --i) out += static_cast<char>((value >> (8 * (i - 1))) & 0xFFU);
}

std::uint64_t read_big_end(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char byte : bytes) out = (out << 8U) | static_cast<unsigned char>(byte);
  return out;
}

std::string key_of(const PartitionId& partition) {
  std::string out(1, partition_key);
  out.append(partition.source).append(1, separator).append(partition.topic).append(1, separator);
  append_big_end(out, static_cast<std::uint32_t>(partition.number), 4);
  return out;
}

std::optional<PartitionId> partition_of(std::string_view key) {
  key.remove_prefix(1);
  const std::size_t source_end = key.find(separator);
  if (source_end == std::string_view::npos) return std::nullopt;
  const std::size_t topic_end = key.find(separator, source_end + 1);
  if (topic_end == std::string_view::npos || key.size() != topic_end + 1 + 4) return std::nullopt;
  return PartitionId{std::string(key.substr(0, source_end)),
                     std::string(key.substr(source_end + 1, topic_end - source_end - 1)),
                     static_cast<std::int32_t>(read_big_end(key.substr(topic_end + 1)))};
}

std::string encode(const PartitionProgress& progress) {
  return Writer()
      .signed_number(progress.next_offset)
      .signed_number(progress.last_offset)
      .time(progress.last_timestamp)
      .time(progress.event_time_max)
      .take();
}

PartitionProgress read_progress(Reader& reader) {
  PartitionProgress out;
  out.next_offset = reader.signed_number();
  out.last_offset = reader.signed_number();
  out.last_timestamp = reader.time();
  out.event_time_max = reader.time();
  return out;
}

std::string encode(const OutcomeTotals& totals) {
  Writer out;
  out.number(totals.evaluated).number(totals.dead_letters).number(totals.events).number(totals.late_events);
  return out.number(totals.skewed_events).number(totals.gaps).number(totals.gap_records).take();
}

OutcomeTotals read_totals(Reader& reader) {
  OutcomeTotals out;
  out.evaluated = reader.number();
  out.dead_letters = reader.number();
  out.events = reader.number();
  out.late_events = reader.number();
  out.skewed_events = reader.number();
  out.gaps = reader.number();
  out.gap_records = reader.number();
  return out;
}

Error not_understood(std::string_view what) {
  return {ErrorCode::invalid, "the state is damaged: " + std::string(what) + " is not understood"};
}

}  // namespace

std::string outbox_key(std::uint64_t sequence) {
  std::string out(1, outbox_entry_key);
  append_big_end(out, sequence, 8);
  return out;
}

std::string outbox_end() { return {outbox_entry_key + 1}; }
std::string state_end() { return {outbox_entry_key}; }

std::vector<ByteChange> encode_new_state() {
  return {{std::string(1, version_key), std::string(state_version)}};
}

std::vector<ByteChange> encode_commit(const CommitBatch& batch, std::uint64_t deleted_before) {
  std::vector<ByteChange> out;
  out.push_back({std::string(1, plan_key), batch.plan_hash});
  for (const auto& [partition, progress] : batch.partitions)
    out.push_back({key_of(partition), encode(progress)});
  for (const auto& [source, totals] : batch.totals)
    out.push_back({std::string(1, totals_key) + source, encode(totals)});
  for (const auto& [sink, sequence] : batch.delivered)
    out.push_back({std::string(1, sink_key) + sink, Writer().number(sequence).take()});
  for (const OutboxEntry& entry : batch.entries) {
    out.push_back(
        {outbox_key(entry.sequence),
         Writer().number(static_cast<std::uint64_t>(entry.kind)).text(entry.key).text(entry.payload).take()});
  }
  for (std::uint64_t gone = deleted_before + 1; gone <= batch.delivered_by_all; ++gone)
    out.push_back({outbox_key(gone), std::nullopt});
  out.push_back({std::string(1, outbox_state_key),
                 Writer().number(batch.last_sequence).number(batch.delivered_by_all).take()});
  return out;
}

ByteChange forget_sink(const std::string& sink) { return {std::string(1, sink_key) + sink, std::nullopt}; }

Status decode_state(std::string_view key, std::string_view value, CommittedState& state) {
  if (key.empty()) return not_understood("an empty key");
  if (key.front() == version_key) {
    if (value == state_version) return {};
    return Error{ErrorCode::unsupported, "the state has version '" + std::string(value.substr(0, 16)) +
                                             "', this program reads version " + std::string(state_version)};
  }
  if (key.front() == plan_key) {
    state.plan_hash = value;
    return {};
  }
  Reader reader(value);
  const std::string name(key.substr(1));
  if (key.front() == partition_key) {
    const auto partition = partition_of(key);
    if (!partition) return not_understood("the name of a partition");
    state.partitions[*partition] = read_progress(reader);
  } else if (key.front() == totals_key) {
    state.totals[name] = read_totals(reader);
  } else if (key.front() == sink_key) {
    state.delivered[name] = reader.number();
  } else if (key.front() == outbox_state_key) {
    state.last_sequence = reader.number();
    state.delivered_by_all = reader.number();
  } else {
    return not_understood("a key that begins with " +
                          std::to_string(static_cast<unsigned char>(key.front())));
  }
  return reader.is_sound() ? Status() : not_understood("a value");
}

Result<OutboxEntry> decode_entry(std::string_view key, std::string_view value) {
  constexpr std::size_t key_size = 9;
  Reader reader(value);
  OutboxEntry out;
  const std::uint64_t kind = reader.number();
  out.key = reader.text();
  out.payload = reader.text();
  const bool is_kind = kind == static_cast<std::uint64_t>(OutboxKind::alert) ||
                       kind == static_cast<std::uint64_t>(OutboxKind::dead_letter);
  if (key.size() != key_size || key.front() != outbox_entry_key || !reader.is_sound() || !is_kind)
    return not_understood("an entry of the outbox");
  out.kind = static_cast<OutboxKind>(kind);
  out.sequence = read_big_end(key.substr(1));
  return out;
}

}  // namespace alarum
