#include "daemon/respond/block_judge.h"

#include "daemon/base/digest.h"
#include "daemon/base/embedded_ipv4.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/log.h"
#include "daemon/respond/exemption_store.h"

#include <chrono>

namespace alarum {
namespace {

/// How long people may be told late that the breaker has tripped.
constexpr std::chrono::hours breaker_deadline{24};

std::optional<BlockProposal> proposal_of(const StoredAction& block) {
  const auto target = IpNetwork::parse(block.target);
  if (!target) return std::nullopt;
  return BlockProposal{*target, embedded_ipv4(*target, {}), block.lasts};
}

GuardRefusal no_address() { return {target_guard, "", "the target is no address"}; }

}  // namespace

Status BlockJudge::look(Timestamp now, std::optional<std::uint64_t> clients) {
  TRY(exemptions_, read_exemptions(database_, now));
  add_peers();
  TRY(breaker_, guards_.breaker());
  clients_ = clients;
  census_.reset();
  shadow_census_.reset();
  return {};
}

/// In memory only: who starts anew connects anew.
void BlockJudge::add_peers() {
  std::set<IpAddress> found;
  for (const ConnectedPeers::Peer& peer : peers_.recent()) {
    const Timestamp until{peer.seen.microseconds + ConnectedPeers::remembered.count()};
    exemptions_.allowed.push_back({IpNetwork::single(peer.address), until});
    has_new_peers_ = has_new_peers_ || !known_peers_.contains(peer.address);
    found.insert(peer.address);
  }
  known_peers_ = std::move(found);
}

Result<std::optional<GuardRefusal>> BlockJudge::judge(const StoredAction& action, const ResponsePlan& plan,
                                                      Timestamp now) {
  if (action.nature == ResponderNature::blocking) return judge_block(action, plan, now);
  if (auto refusal = refuse_standing(action, plan, now)) return refusal;
  if (auto refusal = refuse_tripped(breaker_)) return refusal;
  TRY(const auto since, rule_since(action));
  return refuse_canary(since, plan.guard_rails.canary, now);
}

Result<std::optional<GuardRefusal>> BlockJudge::judge_block(const StoredAction& block,
                                                            const ResponsePlan& plan, Timestamp now) {
  const auto proposal = proposal_of(block);
  if (!proposal) return std::optional(no_address());
  TRY(const auto since, rule_since(block));
  auto refusal = refuse_block(*proposal, {plan.guard_rails, exemptions_, breaker_, since, now});
  // Only now: in a storm that is refused anyway nothing has to be counted.
  if (refusal) return refusal;
  TRY(BlockCounters counters, count(block, now));
  counters.clients = clients_;
  refusal = refuse_caps(counters, plan.guard_rails);
  // What is tried out in shadow must not stop what others do.
  if (refusal && block.state != ActionState::shadow && !breaker_.is_tripped())
    TRY_OK(trip(*refusal, plan, now));
  return refusal;
}

/// What people ask for is judged between others that begin or are refused: it is counted anew each time.
Result<BlockCounters> BlockJudge::count(const StoredAction& block, Timestamp now) {
  const bool is_shadow = block.state == ActionState::shadow;
  std::optional<BlockCensus>& census = is_shadow ? shadow_census_ : census_;
  if (!census || block.step_id == manual_step) {
    const auto shadow = is_shadow ? BlockCensus::Shadow::counted : BlockCensus::Shadow::left_out;
    TRY(census, BlockCensus::take(database_, now, shadow));
  }
  return census->counters_for(block);
}

void BlockJudge::note_decided(const StoredAction& action) {
  if (action.nature != ResponderNature::blocking) return;
  if (census_) census_->add(action);
  if (shadow_census_) shadow_census_->add(action);
}

/// What a person asks for has no rule that would have to be watched first.
Result<std::optional<Timestamp>> BlockJudge::rule_since(const StoredAction& action) {
  if (action.step_id == manual_step) return std::optional(Timestamp{0});
  return guards_.rule_since(action.rule_id);
}

std::optional<GuardRefusal> BlockJudge::judge_again(const StoredAction& action, const ResponsePlan& plan,
                                                    Timestamp now) const {
  if (auto refusal = refuse_tripped(breaker_)) return refusal;
  if (action.nature == ResponderNature::blocking) {
    const auto proposal = proposal_of(action);
    if (!proposal) return no_address();
    if (auto refusal = refuse_prefix(proposal->target, plan.guard_rails)) return refusal;
    if (auto refusal = refuse_duration(action.lasts, plan.guard_rails.duration_max)) return refusal;
  }
  return refuse_standing(action, plan, now);
}

std::optional<GuardRefusal> BlockJudge::refuse_standing(const StoredAction& action, const ResponsePlan& plan,
                                                        Timestamp now) const {
  const auto proposal = proposal_of(action);
  if (!proposal) return std::nullopt;
  if (auto refusal = refuse_protected(*proposal, plan.guard_rails, exemptions_, now)) return refusal;
  return refuse_left_alone(*proposal, exemptions_, now);
}

Status BlockJudge::revoke_protected(const ResponsePlan& plan, Timestamp now) {
  TRY(const std::vector<StoredAction> blocks, actions_.live_blocks(now));
  for (const StoredAction& block : blocks) {
    const auto proposal = proposal_of(block);
    if (!proposal) continue;
    const auto refusal = refuse_protected(*proposal, plan.guard_rails, exemptions_, now);
    if (!refusal) continue;
    log::warn("a block is taken back", {{"action", block.id}, {"guard", std::string(refusal->guard)}});
    TRY_OK(settler_.revoke(block, *refusal, now));
  }
  return {};
}

/// Whoever tells of incidents tells of this, too: from now on nothing acts until somebody has looked. It is
/// no part of the incident that was one too many, of which not everybody may know.
Status BlockJudge::trip(const GuardRefusal& refusal, const ResponsePlan& plan, Timestamp now) {
  breaker_ = after_refusal(breaker_, refusal, now);
  if (!breaker_.is_tripped()) return {};
  log::error("the breaker has tripped: actions are only written down from now on",
             {{"guard", std::string(refusal.guard)}, {"entry", refusal.entry}});
  TRY_OK(guards_.trip(breaker_));
  TRY_OK(settler_.note_tripped(breaker_));
  for (const PlaybookResponder& responder : plan.playbooks.responders) {
    if (responder.nature != ResponderNature::telling) continue;
    StoredAction tell;
    tell.id = id_of({"breaker", responder.name, std::to_string(now.microseconds)});
    tell.step_id = breaker_step;
    tell.responder = responder.name;
    tell.due = tell.intended = now;
    tell.expires = {now.microseconds + Duration(breaker_deadline).count()};
    TRY(const bool is_new, actions_.insert(tell));
    (void)is_new;
  }
  return {};
}

}  // namespace alarum
