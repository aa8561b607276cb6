#include "daemon/demo/shipper.h"

#include "daemon/demo/metrics_text.h"

#include <algorithm>
#include <array>

namespace alarum::demo {
namespace {

constexpr std::uint64_t story_seed = 1;

/// Of a partition the broker keeps the last 5 MiB, what frames the records included.
constexpr std::size_t backlog_bytes_max = 4U << 20U;

/// Whose event comes after whose, again and again.
constexpr std::array<Platform, 10> turns = {
    Platform::windows_hosts, Platform::linux_hosts, Platform::windows_hosts, Platform::web_servers,
    Platform::windows_hosts, Platform::linux_hosts, Platform::windows_hosts, Platform::linux_hosts,
    Platform::windows_hosts, Platform::web_servers};

}  // namespace

Result<std::unique_ptr<Shipper>> Shipper::open(const std::string& brokers) {
  TRY(auto writer, TopicWriter::open(brokers));
  return std::unique_ptr<Shipper>(new Shipper(std::move(writer)));
}

Shipper::Shipper(std::unique_ptr<TopicWriter> writer)
    : story_(story_seed), writer_(std::move(writer)), backlogs_(streams.size(), Backlog(backlog_bytes_max)) {}

/// Which of its streams an event of a platform belongs to is known when it is made: all of them need room.
bool Shipper::has_room(Platform platform) const {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (streams[i].platform == platform && !backlogs_[i].has_room()) return false;
  }
  return true;
}

Result<bool> Shipper::ship_some(std::uint64_t sent_max) {
  constexpr int burst_events_max = 500;
  bool may_go_on = true;
  for (int i = 0; i < burst_events_max && may_go_on; ++i) {
    const Platform platform = turns[sent_ % turns.size()];
    may_go_on = sent_ < sent_max && has_room(platform);
    if (!may_go_on) break;
    const StoryEvent event = story_.next(platform, clock_.wall());
    const std::size_t stream = stream_of(platform, event.category);
    TRY_OK(writer_->write(stream, event.line));
    backlogs_[stream].note_sent(event.line.size());
    ++sent_;
  }
  TRY_OK(writer_->serve(Duration(0)));
  return may_go_on;
}

void Shipper::note_progress(std::string_view metrics) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string label = "source=\"" + std::string(streams[i].name) + "\"";
    backlogs_[i].note_committed(
        static_cast<std::uint64_t>(metric_sum(metrics, "alarum_records_total", label)));
  }
}

std::uint64_t Shipper::committed() const {
  std::uint64_t out = 0;
  for (const Backlog& backlog : backlogs_) out += backlog.committed();
  return out;
}

}  // namespace alarum::demo
