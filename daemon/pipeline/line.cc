#include "daemon/pipeline/line.h"

#include "daemon/base/log.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::size_t places = 1024;

/// A sink that is new hears of what comes. Where one is gone before it had everything, a new one goes on from
/// there: a responder that is given another name loses nothing.
void settle_sinks(CommittedState& state, const std::vector<Delivery::Channel>& channels) {
  std::map<std::string, std::uint64_t> gone = std::exchange(state.delivered, {});
  std::vector<std::string> added;
  for (const Delivery::Channel& channel : channels) {
    const auto known = gone.find(channel.sink->name());
    if (known == gone.end()) {
      added.push_back(channel.sink->name());
    } else {
      state.delivered.insert(gone.extract(known));
    }
  }
  std::uint64_t start = state.last_sequence;
  for (const auto& [sink, sequence] : gone) start = std::min(start, sequence);
  for (const std::string& sink : added) state.delivered[sink] = start;
  const std::uint64_t left = state.last_sequence - start;
  if (left > 0 && added.empty())
    log::error("a sink is gone before it had everything, and nothing takes its place: entries are dropped",
               {{"sink", gone.begin()->first}, {"entries", std::to_string(left)}});
}

}  // namespace

Line::Line(CommittedState state, const std::shared_ptr<const Plan>& plan,
           const std::set<PoisonRecord>& poison, Parts parts, Settings settings)
    : messages_(places) {
  if (!state.plan_hash.empty() && state.plan_hash != plan->hash()) {
    log::info("going on by another plan than the state was left with",
              {{"before", state.plan_hash}, {"now", plan->hash()}});
  }
  settle_sinks(state, parts.channels);
  for (const Delivery::Channel& channel : parts.channels) {
    auto& sinks = channel.kind == OutboxKind::alert ? settings.committer.alert_sinks
                                                    : settings.committer.dead_letter_sinks;
    sinks.insert(channel.sink->name());
  }
  settings.worker.keeps_dead_letters = !settings.committer.dead_letter_sinks.empty();

  make_deliveries(parts.channels, state.delivered, parts);
  Committer::Ports committer{parts.store, messages_, {}, {}, {}, status_, watch_list_, parts.clock};
  for (DeliveryPart& part : deliveries_) committer.deliveries.push_back(&part.wake);
  for (std::size_t number = 0; number < settings.workers; ++number) {
    std::vector<Worker::Share> shares;
    for (Source* const source : parts.sources) shares.push_back({source->name(), &source->intake(number)});
    auto& commands = commands_.emplace_back(places);
    auto& in_hand = in_hand_.emplace_back();
    committer.workers.push_back(&commands);
    workers_.emplace_back(number, std::move(shares), plan, poison,
                          Worker::Ports{commands, messages_, parts.clock, in_hand, watch_list_},
                          settings.worker);
  }
  for (Source* const source : parts.sources) {
    auto& updates = updates_.emplace_back(places);
    committer.sources.emplace(source->name(), &updates);
    source_loops_.emplace_back(*source, settings.workers,
                               SourceLoop::Ports{updates, messages_, healths_.emplace_back(), parts.clock},
                               settings.source);
  }
  // Partitions that are known begin like new ones: discovered, committed, assigned.
  committer_ = std::make_unique<Committer>(std::move(state), plan, std::move(committer),
                                           std::move(settings.committer));
}

void Line::make_deliveries(const std::vector<Delivery::Channel>& channels,
                           const std::map<std::string, std::uint64_t>& delivered, const Parts& parts) {
  std::vector<std::vector<Delivery::Channel>> groups(1);
  for (const Delivery::Channel& channel : channels) {
    if (channel.is_apart) {
      groups.push_back({channel});
    } else {
      groups.front().push_back(channel);
    }
  }
  for (const auto& group : groups) {
    DeliveryPart& part = deliveries_.emplace_back();
    part.delivery = std::make_unique<Delivery>(
        group, delivered, Delivery::Ports{parts.store, part.wake, messages_, part.status, parts.clock});
  }
}

std::shared_ptr<const DeliveryStatus> Line::delivery_status() const {
  std::shared_ptr<DeliveryStatus> out;
  for (const DeliveryPart& part : deliveries_) {
    const auto one = part.status.get();
    if (!one) continue;  // it has not begun, which is no reason to hide the others
    if (!out) out = std::make_shared<DeliveryStatus>(DeliveryStatus{{}, one->as_of});
    out->sinks.insert(one->sinks.begin(), one->sinks.end());
    out->as_of = std::min(out->as_of, one->as_of);
  }
  return out;
}

void Line::adopt(std::shared_ptr<const Plan> plan) { messages_.push(NewPlan{std::move(plan)}); }

void Line::finish() { messages_.push(Finish{}); }

}  // namespace alarum
