#include "tests/simulation/sim_topic.h"

#include <algorithm>
#include <deque>

namespace alarum::simulation {
namespace {

constexpr std::string_view topic = "events";

}  // namespace

PartitionId partition_id(std::size_t number) {
  return {"sim", std::string(topic), static_cast<std::int32_t>(number)};
}

MessageKind kind_of(std::string_view bytes) {
  if (!bytes.starts_with('{')) return MessageKind::garbage;
  if (bytes.find("\"a\":1") == std::string_view::npos) return MessageKind::quiet;
  return bytes.find("\"b\":1") == std::string_view::npos ? MessageKind::fires_one : MessageKind::fires_two;
}

void Broker::produce(Timestamp now) {
  Partition& partition = partitions_[random_.below(partitions_.size())];
  const std::string number = std::to_string(++produced_);
  std::string bytes;
  switch (random_.below(6)) {
    case 0: bytes = R"({"a":1,"n":)" + number + "}"; break;
    case 1: bytes = R"({"a":1,"b":1,"n":)" + number + "}"; break;
    case 2: bytes = "garbage " + number; break;
    default: bytes = R"({"a":2,"n":)" + number + "}";
  }
  partition.messages.push_back({std::move(bytes), now});
}

void Broker::overtake() {
  Partition& partition = partitions_[random_.below(partitions_.size())];
  const auto end = static_cast<std::int64_t>(partition.messages.size());
  partition.first += (end - partition.first) / 2;
}

/// One worker's share.
class SimSource::SimIntake final : public Intake {
 public:
  SimIntake(Broker& broker, Random& random) : broker_(broker), random_(random) {}

  void begin(std::size_t partition, std::int64_t offset) { positions_[partition] = offset; }

  void poll(Duration /*wait*/, std::size_t records_max, IntakeBatch& out) override {
    out.clear();
    held_.clear();
    if (paused_ || positions_.empty() || random_.once_in(4)) return;
    auto at = positions_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random_.below(positions_.size())));
    const PartitionId id = partition_id(at->first);
    const auto& partition = broker_.partitions()[at->first];
    if (at->second < partition.first) {
      out.notices.push_back({PartitionNotice::Kind::out_of_range, id, at->second, ""});
      positions_.erase(at);
      return;
    }
    const auto end = static_cast<std::int64_t>(partition.messages.size());
    const std::int64_t last =
        std::min<std::int64_t>(end, at->second + 1 + static_cast<std::int64_t>(random_.below(20)));
    // Now and then it gives again what it has given.
    std::int64_t offset = at->second;
    if (random_.once_in(8))
      offset = std::max(partition.first, offset - static_cast<std::int64_t>(random_.below(5)));
    for (; offset < last && out.records.size() < records_max; ++offset) {
      const auto& message = partition.messages[static_cast<std::size_t>(offset)];
      out.records.push_back({{id.source, topic, id.number, offset, message.timestamp},
                             held_.emplace_back(message.bytes),
                             false,
                             std::nullopt});
    }
    source_name_ = id.source;
    for (Record& record : out.records) record.coordinates.source = source_name_;
    at->second = std::max(at->second, offset);
    if (at->second == end) out.notices.push_back({PartitionNotice::Kind::end_reached, id, end, ""});
  }

  void set_paused(bool paused) override { paused_ = paused; }

 private:
  Broker& broker_;
  Random& random_;
  std::map<std::size_t, std::int64_t> positions_;
  std::string source_name_;
  std::deque<std::string> held_;  // what the last batch refers to, until the next poll
  bool paused_ = false;
};

SimSource::SimSource(Broker& broker, Random& random, std::size_t workers) : broker_(broker), random_(random) {
  for (std::size_t i = 0; i < workers; ++i) intakes_.push_back(std::make_unique<SimIntake>(broker, random));
}

SimSource::~SimSource() = default;

Intake& SimSource::intake(std::size_t worker) { return *intakes_[worker]; }

std::vector<PartitionStart> SimSource::discover(const Positions& committed,
                                                const std::vector<PartitionNotice>& ended) {
  std::vector<PartitionStart> out;
  for (const PartitionNotice& notice : ended) begun_.erase(notice.partition);
  for (std::size_t i = 0; i < broker_.partitions().size(); ++i) {
    const PartitionId id = partition_id(i);
    if (begun_.contains(id) || random_.once_in(5)) continue;  // metadata comes when it comes
    const auto known = committed.find(id);
    PartitionStart start{id, known == committed.end() ? 0 : known->second.next_offset, std::nullopt};
    const std::int64_t first = broker_.partitions()[i].first;
    if (start.offset < first) {
      start.gap = Gap{Gap::Reason::retention, start.offset, first};
      start.offset = first;
    }
    out.push_back(std::move(start));
  }
  return out;
}

Status SimSource::begin(const PartitionStart& start, std::size_t worker) {
  begun_.insert(start.partition);
  intakes_[worker]->begin(static_cast<std::size_t>(start.partition.number), start.offset);
  return {};
}

}  // namespace alarum::simulation
