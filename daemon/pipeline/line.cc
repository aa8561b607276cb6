#include "daemon/pipeline/line.h"

#include "daemon/base/log.h"

namespace alarum {
namespace {

constexpr std::size_t places = 1024;

/// A sink that is new hears of what comes; one that is gone keeps nothing back.
void settle_sinks(CommittedState& state, const std::vector<Delivery::Channel>& channels) {
  std::map<std::string, std::uint64_t> delivered;
  for (const Delivery::Channel& channel : channels) {
    const std::string& sink = channel.sink->name();
    const auto known = state.delivered.find(sink);
    delivered[sink] = known == state.delivered.end() ? state.last_sequence : known->second;
  }
  state.delivered = std::move(delivered);
}

}  // namespace

Line::Line(CommittedState state, std::shared_ptr<const Plan> plan, std::set<PoisonRecord> poison, Parts parts,
           Settings settings)
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

  Committer::Ports committer{parts.store, messages_, {}, {}, wake_, status_, parts.clock};
  for (std::size_t number = 0; number < settings.workers; ++number) {
    std::vector<Worker::Share> shares;
    for (Source* const source : parts.sources) shares.push_back({source->name(), &source->intake(number)});
    auto& commands = commands_.emplace_back(places);
    auto& in_hand = in_hand_.emplace_back();
    committer.workers.push_back(&commands);
    workers_.emplace_back(number, std::move(shares), plan, poison,
                          Worker::Ports{commands, messages_, parts.clock, in_hand}, settings.worker);
  }
  for (Source* const source : parts.sources) {
    auto& updates = updates_.emplace_back(places);
    committer.sources.emplace(source->name(), &updates);
    source_loops_.emplace_back(*source, settings.workers,
                               SourceLoop::Ports{updates, messages_, healths_.emplace_back(), parts.clock},
                               settings.source);
  }
  delivery_ = std::make_unique<Delivery>(
      parts.channels, state.delivered,
      Delivery::Ports{parts.store, wake_, messages_, delivery_status_, parts.clock});
  // Partitions that are known begin like new ones: discovered, committed, assigned.
  committer_ = std::make_unique<Committer>(std::move(state), std::move(plan), std::move(committer),
                                           std::move(settings.committer));
}

void Line::adopt(std::shared_ptr<const Plan> plan) { messages_.push(NewPlan{std::move(plan)}); }

void Line::finish() { messages_.push(Finish{}); }

}  // namespace alarum
