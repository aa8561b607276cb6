#include "daemon/pipeline/delivery.h"

#include "daemon/base/log.h"

namespace alarum {
namespace {

/// How much of the outbox a sink has ahead of it in memory.
constexpr std::size_t ahead_bytes_max = 4U << 20U;
constexpr std::chrono::milliseconds report_interval{50};

}  // namespace

Delivery::Delivery(const std::vector<Channel>& channels,
                   const std::map<std::string, std::uint64_t>& delivered, Ports ports)
    : ports_(ports) {
  for (const Channel& channel : channels) {
    const auto known = delivered.find(channel.sink->name());
    const std::uint64_t start = known == delivered.end() ? 0 : known->second;
    routes_.push_back({channel, start, start, {}, {}, {}});
  }
}

void Delivery::step(Duration wait) {
  bool is_idle = true;
  for (Route& route : routes_) {
    if (!fill(route)) continue;
    offer(route);
    is_idle = false;
  }
  if (is_idle) {
    ports_.wake.pop_for(wait);
  } else {
    ports_.wake.try_pop();
  }
  for (Route& route : routes_) {
    // Where entries are on their way there is something to wait for.
    route.channel.sink->step(route.open.empty() ? Duration(0) : wait / static_cast<int>(routes_.size()),
                             results_);
    take_results(route);
  }
  report();
}

/// Reads ahead where nothing is left. Whether there is anything on the way or to be offered.
bool Delivery::fill(Route& route) {
  if (route.ahead.empty()) {
    auto read = ports_.store.read_outbox(route.offered, ahead_bytes_max);
    if (!read) {
      if (store_trouble_ != read.error().message)
        log::error("cannot read the outbox", {{"error", read.error().message}});
      store_trouble_ = read.error().message;
    } else {
      store_trouble_.clear();
      route.ahead.assign(std::make_move_iterator(read->begin()), std::make_move_iterator(read->end()));
    }
  }
  return !route.ahead.empty() || !route.open.empty();
}

void Delivery::offer(Route& route) {
  while (!route.ahead.empty()) {
    const OutboxEntry& entry = route.ahead.front();
    const bool is_for_it = route.channel.hears_all || entry.kind == route.channel.kind;
    if (is_for_it && !route.channel.sink->offer(entry)) return;
    if (is_for_it) route.open.insert(entry.sequence);
    route.offered = entry.sequence;
    route.ahead.pop_front();
  }
}

void Delivery::take_results(Route& route) {
  for (const SinkResult& result : results_) {
    route.open.erase(result.sequence);
    if (!result.is_own) continue;
    if (result.delivered) {
      ++route.status.delivered;
      continue;
    }
    ++route.status.refused;
    log::error("an entry of the outbox is refused for good, and given up",
               {{"sink", route.channel.sink->name()},
                {"sequence", std::to_string(result.sequence)},
                {"reason", result.reason}});
  }
  results_.clear();
  route.status.trouble = store_trouble_.empty() ? route.channel.sink->trouble() : store_trouble_;
}

void Delivery::report() {
  const Duration now = ports_.clock.steady();
  if (now < reported_at_ + report_interval) return;
  reported_at_ = now;
  DeliveryProgress progress;
  DeliveryStatus status{{}, ports_.clock.wall()};
  bool has_news = false;
  for (const Route& route : routes_) {
    const std::string& sink = route.channel.sink->name();
    progress.delivered[sink] = route.arrived();
    status.sinks[sink] = route.status;
    has_news = has_news || route.arrived() > route.reported;
  }
  ports_.status.publish(std::make_shared<const DeliveryStatus>(std::move(status)));
  CommitterMessage message{std::move(progress)};
  if (!has_news || !ports_.committer.try_push(message)) return;  // full: it is told the next time
  for (Route& route : routes_) route.reported = route.arrived();
}

}  // namespace alarum
