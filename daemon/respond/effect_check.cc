#include "daemon/respond/effect_check.h"

#include <algorithm>
#include <tuple>

namespace alarum {
namespace {

Timestamp after(Timestamp time, Duration span) { return {time.microseconds + span.count()}; }

}  // namespace

std::string_view effect_name(EffectVerdict::Kind kind) {
  switch (kind) {
    case EffectVerdict::Kind::contained: return "contained";
    case EffectVerdict::Kind::unheard: return "unheard";
    case EffectVerdict::Kind::ineffective: break;
  }
  return "ineffective";
}

EffectCheck::EffectCheck(Options options) : options_(options), list_(WatchList::of({})) {}

/// The latest event of the target, or the block where there was none after it.
Timestamp EffectCheck::Watched::last_seen() const {
  return std::max({block.begun, block.seen_at.value_or(block.begun), latest.value_or(block.begun)});
}

void EffectCheck::watch(std::vector<WatchedBlock> blocks) {
  bound(blocks);
  std::map<std::string, Watched> known;
  for (Watched& watched : watched_) known.emplace(watched.block.action_id, std::move(watched));
  watched_.clear();
  std::set<std::string> incidents;
  for (WatchedBlock& block : blocks) {
    incidents.insert(block.incident_id);
    if (block.is_contained) contained_.insert(block.incident_id);
    const auto before = known.find(block.action_id);
    Watched watched = before == known.end() ? Watched() : std::move(before->second);
    block.is_ineffective = block.is_ineffective || watched.block.is_ineffective;
    watched.block = std::move(block);
    watched_.push_back(std::move(watched));
  }
  std::erase_if(contained_, [&](const std::string& incident) { return !incidents.contains(incident); });
  make_list();
}

/// Keeps the newest blocks, in that order.
void EffectCheck::bound(std::vector<WatchedBlock>& blocks) {
  std::sort(blocks.begin(), blocks.end(), [](const WatchedBlock& left, const WatchedBlock& right) {
    return std::tie(right.begun, left.action_id) < std::tie(left.begun, right.action_id);
  });
  unjudged_.clear();
  left_out_ = blocks.size() - std::min(blocks.size(), WatchList::entries_max);
  for (std::size_t i = blocks.size() - left_out_; i < blocks.size(); ++i)
    unjudged_.insert(blocks[i].incident_id);
  blocks.resize(blocks.size() - left_out_);
}

void EffectCheck::make_list() {
  std::vector<WatchEntry> entries;
  entries.reserve(watched_.size());
  for (const Watched& watched : watched_)
    entries.push_back({watched.block.target, watched.block.begun, watched.block.until});
  auto list = WatchList::of(std::move(entries));
  const auto before = list_->entries();
  const auto now = list->entries();
  if (!std::equal(before.begin(), before.end(), now.begin(), now.end())) list_ = std::move(list);
}

void EffectCheck::take(const std::string& source, const WatchHits& hits) {
  for (Watched& watched : watched_) {
    if (!watched.block.source.empty() && watched.block.source != source) continue;
    const auto hit = hits.find(watched.block.target);
    if (hit == hits.end()) continue;
    // The list has one span for all blocks of a network.
    const Timestamp latest = hit->second.latest;
    if (watched.block.begun < latest && latest < watched.block.until)
      watched.latest = std::max(watched.latest.value_or(latest), latest);
  }
}

std::vector<EffectVerdict> EffectCheck::look(Timestamp now, const Heard& heard) {
  std::vector<EffectVerdict> out;
  for (Watched& watched : watched_) {
    WatchedBlock& block = watched.block;
    hear(watched, now, heard);
    if (!block.is_ineffective && is_ineffective(watched)) {
      block.is_ineffective = true;
      out.push_back({block.action_id, block.incident_id, EffectVerdict::Kind::ineffective,
                     std::min(*watched.latest, now)});
    }
    if (!watched.is_unheard && is_unheard(watched, now)) {
      watched.is_unheard = true;
      out.push_back({block.action_id, block.incident_id, EffectVerdict::Kind::unheard,
                     watched.heard.value_or(block.begun)});
    }
  }
  judge_incidents(now, out);
  return out;
}

/// Goes on to where the source is; it never goes back. A block without a source hears of the slowest one.
void EffectCheck::hear(Watched& watched, Timestamp now, const Heard& heard) const {
  std::optional<Timestamp> until;
  for (const auto& [source, time] : heard) {
    if (watched.block.source.empty() || watched.block.source == source)
      until = std::min(until.value_or(time), time);
  }
  if (!until) return;
  watched.heard = std::max(watched.heard, std::optional(std::min(*until, now)));
  if (!watched.watched_from) watched.watched_from = watched.heard;
}

bool EffectCheck::is_ineffective(const Watched& watched) const {
  return watched.latest && *watched.latest > after(watched.block.begun, options_.grace);
}

/// What came before we watched is not known, what comes when the block is over says nothing of it.
bool EffectCheck::is_quiet(const Watched& watched) const {
  if (!watched.heard) return false;
  const Timestamp since = std::max(watched.last_seen(), *watched.watched_from);
  return after(since, options_.quiet) <= std::min(*watched.heard, watched.block.until);
}

bool EffectCheck::is_unheard(const Watched& watched, Timestamp now) const {
  const Timestamp quiet_at = after(watched.last_seen(), options_.quiet);
  if (watched.block.incident_id.empty() || contained_.contains(watched.block.incident_id)) return false;
  if (now < after(watched.last_seen(), options_.patience)) return false;
  return !watched.heard || *watched.heard < std::min(quiet_at, watched.block.until);
}

/// Whether alerts of the incident go on behind its blocks: whoever they are about is not blocked, since a
/// guard rail held that back, or it failed. Only a later block, or somebody, can contain it then.
bool EffectCheck::goes_on(const Containment& containment) const {
  return containment.alerted && *containment.alerted > after(containment.since, options_.grace);
}

/// An incident is contained when the newest block of each of its targets is, and nothing else of it goes on.
void EffectCheck::judge_incidents(Timestamp now, std::vector<EffectVerdict>& verdicts) {
  std::map<std::string_view, Containment> incidents;
  std::set<std::pair<std::string_view, IpNetwork>> targets;
  for (const Watched& watched : watched_) {
    const WatchedBlock& block = watched.block;
    const bool is_open = !block.incident_id.empty() && !contained_.contains(block.incident_id) &&
                         !unjudged_.contains(block.incident_id);
    if (!is_open || !targets.emplace(block.incident_id, block.target).second) continue;
    Containment& containment = incidents[block.incident_id];
    containment.is_whole = containment.is_whole && !block.is_incomplete && is_quiet(watched);
    containment.alerted = block.alerted;
    if (!containment.action_id.empty() && watched.last_seen() <= containment.since) continue;
    containment.since = watched.last_seen();
    containment.action_id = block.action_id;
  }
  for (const auto& [incident, containment] : incidents) {
    if (!containment.is_whole || goes_on(containment)) continue;
    contained_.emplace(incident);
    verdicts.push_back({containment.action_id, std::string(incident), EffectVerdict::Kind::contained,
                        std::min(containment.since, now)});
  }
}

}  // namespace alarum
