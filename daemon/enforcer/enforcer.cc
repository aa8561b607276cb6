#include "daemon/enforcer/enforcer.h"

#include "daemon/base/fault.h"
#include "daemon/base/log.h"
#include "daemon/enforcer/list_page.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace alarum::enforcer {
namespace {

using Kind = StateRecord::Kind;

std::string yes_or_no(bool is_so) { return is_so ? "yes" : "no"; }

Refusal kernel_refusal(const Error& error) { return {"kernel", "", error.message}; }
Refusal state_refusal(const Error& error) { return {"state", "", error.message}; }

Answer action_answer(const Action& action, bool is_repeated) {
  return Answer()
      .fact("action", action.id)
      .fact("target", action.target.to_text())
      .fact("until", format_time(action.expires))
      .fact("state", action.is_ended ? "ended" : "active")
      .fact("repeated", yes_or_no(is_repeated));
}

constexpr std::string_view state_trouble = "cannot write the state";
constexpr std::string_view table_trouble = "the kernel's table is not as it should be";
constexpr std::chrono::minutes seen_interval{1};
constexpr std::chrono::milliseconds look_pause{200};

/// Adds what else blocks a target that was let go: a network around it.
Answer held(Answer answer, const IpNetwork& target, const Actions& actions) {
  const auto network = actions.network_around(target);
  return network ? answer.fact("held_by", network->to_text()) : answer;
}

bool is_same_place(const HostAddresses& left, const HostAddresses& right) {
  return left.own == right.own && left.broadcast == right.broadcast && left.gateways == right.gateways;
}

}  // namespace

Enforcer::Enforcer(Policy policy, BlockTable& table, HostReader& host, StateLog log, Clock& clock)
    : policy_(std::move(policy)),
      host_(host),
      clock_(clock),
      memory_(policy_.clock),
      session_(clock, memory_.recall(clock.steady())),
      books_(std::move(log)),
      state_(books_.state()),
      table_(table, state_, session_, clock) {}

void Enforcer::start() {
  catch_up_with_clock();
  keep_within_policy();
  state_.actions.expire(session_.now());
  state_.never_block.expire(session_.now());
  state_.never_block.set_policy(policy_.never_block, policy_.administrators, policy_.nat64_prefixes);
  books_.set_stale();
  tidy();
  try_to_look();
  revoke();
  say(table_lines_, table_trouble, table_.reconcile(true));
  log::info("armed state",
            {{"armed", yes_or_no(state_.is_armed)}, {"blocks", std::to_string(block_count())}});
}

Answer Enforcer::answer(const Request& request, uid_t asker) {
  state_.actions.expire(session_.now());
  state_.never_block.expire(session_.now());
  switch (request.verb) {
    case Verb::block: return block(request);
    case Verb::unblock: return unblock(request, asker);
    case Verb::protect: return protect(request, asker);
    case Verb::unprotect: return unprotect(request, asker);
    case Verb::list: return list_page(request, state_);
    case Verb::status: return status();
    case Verb::panic: return panic();
    case Verb::arm: break;
  }
  return arm(asker);
}

Answer Enforcer::block(const Request& request) {
  const Action* const known = state_.actions.find(request.action_id);
  if (known != nullptr && known->target == *request.target) return repeat(*known);
  if (known != nullptr)
    return counted({"action", known->target.to_text(), "the id stands for a block of this target"});
  if (const auto refusal = refuse_unknown_host()) return counted(*refusal);
  const Timestamp now = session_.now();
  const Duration duration = request.duration.value_or(policy_.limits.duration_default);
  if (const auto refusal = refuse_block(request, duration, state_, policy_.limits, now))
    return counted(*refusal);
  return make({.id = request.action_id,
               .target = *request.target,
               .made = now,
               .expires = {now.microseconds + duration.count()}});
}

/// The guard `host_unknown`. A look that failed holds for the batch: others would take as long and fail too.
std::optional<Refusal> Enforcer::refuse_unknown_host() {
  if (!blindness_ && (!is_host_known_ || host_.has_changed())) {
    if (Status looked = look_at_host(); !looked) blindness_ = std::move(looked).error();
  }
  return blindness_ ? std::optional(Refusal{"host_unknown", "", blindness_->message}) : std::nullopt;
}

/// What is in force is shown to the kernel again: it is asked for because somebody doubts that it is there.
Answer Enforcer::repeat(const Action& action) {
  const Status shown = action.is_ended ? Status() : table_.show(action.target);
  return shown ? action_answer(action, true) : counted(kernel_refusal(shown.error()));
}

Answer Enforcer::make(const Action& action) {
  if (const Status written = books_.record({.kind = Kind::action, .action = action}); !written)
    return counted(state_refusal(written.error()));
  if (const Status shown = table_.show(action.target); !shown) {
    // It may be asked for again, so it must not be remembered as done.
    static_cast<void>(books_.record_anyway({.kind = Kind::forget, .action = action}));
    return counted(kernel_refusal(shown.error()));
  }
  static_cast<void>(fault::point("after_kernel"));  // where tests end the process
  log::info(
      "blocked",
      {{"target", action.target.to_text()}, {"until", format_time(action.expires)}, {"action", action.id}});
  return action_answer(action, false);
}

Answer Enforcer::unblock(const Request& request, uid_t asker) {
  std::vector<std::string> ids;
  if (request.target) ids = state_.actions.active_on(*request.target);
  const Action* const named = state_.actions.find(request.action_id);
  if (named != nullptr && !named->is_ended) ids.push_back(named->id);
  if (ids.empty()) return unblock_nothing(request, asker);
  const IpNetwork target = state_.actions.find(ids.front())->target;
  // First: a crash in between may leave it blocked, which is asked for again, but not open to the next alert.
  // Who takes back an action does not say so: a block that is corrected is no word about the next one.
  Status written = request.target ? leave_alone(target) : Status();
  for (const std::string& id : ids) {
    if (Status ended = end(id); !ended) written = std::move(ended);
  }
  static_cast<void>(table_.show(target));  // where that fails the table is not sound
  if (const Status sound = table_.make_sound(); !sound) return counted(kernel_refusal(sound.error()));
  log::info("unblocked", {{"target", target.to_text()}, {"actions", std::to_string(ids.size())}});
  if (!written) return counted(state_refusal(written.error()));
  return held(Answer().fact("ended", std::to_string(ids.size())), target, state_.actions);
}

/// What is not blocked, or not any more: a target is left alone all the same, since that is what is asked
/// for.
Answer Enforcer::unblock_nothing(const Request& request, uid_t asker) {
  // It may have ended before in the books alone, when the kernel did not take it.
  if (const Status sound = table_.make_sound(); !sound) return counted(kernel_refusal(sound.error()));
  Answer none = Answer().fact("ended", "0");
  if (!request.target) return none;
  // Otherwise an asker could have the whole world left alone.
  if (const auto refusal = refuse_prefix(*request.target, policy_.limits); refusal && asker != 0)
    return counted(*refusal);
  if (const Status written = leave_alone(*request.target); !written)
    return counted(state_refusal(written.error()));
  return held(none, *request.target, state_.actions);
}

/// Whoever was let go is not blocked again by the next alert.
Status Enforcer::leave_alone(const IpNetwork& target) {
  if (policy_.leave_alone == Duration(0)) return {};
  const Timestamp until{session_.now().microseconds + policy_.leave_alone.count()};
  return books_.record_anyway({.kind = Kind::leave_alone, .network = target, .until = until});
}

Answer Enforcer::protect(const Request& request, uid_t asker) {
  follow_clock();  // the end is a time of day, by the clock as it is now
  if (const auto refusal = refuse_protect(request, state_, policy_.limits, clock_.wall(), asker == 0))
    return counted(*refusal);
  const bool is_longer = state_.never_block.added_until(*request.target) < request.until;
  const Status written =
      is_longer
          ? books_.record_anyway({.kind = Kind::protect, .network = *request.target, .until = *request.until})
          : Status();
  const std::size_t before = revoked_count_;
  revoke(find_revoked_by(*request.target, state_));
  if (const Status sound = table_.make_sound(); !sound) return counted(kernel_refusal(sound.error()));
  if (!written) return counted(state_refusal(written.error()));
  return Answer()
      .fact("target", request.target->to_text())
      .fact("until", format_time(*request.until))
      .fact("revoked", std::to_string(revoked_count_ - before));
}

Answer Enforcer::unprotect(const Request& request, uid_t asker) {
  if (asker != 0) return counted({"asker", std::to_string(asker), "only root may unprotect"});
  if (const Status written = books_.record({.kind = Kind::unprotect, .network = *request.target}); !written)
    return counted(state_refusal(written.error()));
  log::info("unprotected", {{"target", request.target->to_text()}});
  return Answer().fact("target", request.target->to_text());
}

Answer Enforcer::status() const {
  return Answer()
      .fact("armed", yes_or_no(state_.is_armed))
      .fact("blocks", std::to_string(state_.actions.target_count()))
      .fact("networks", std::to_string(state_.actions.network_count()))
      .fact("protections", std::to_string(state_.never_block.added_count()))
      .fact("refused", std::to_string(refused_count_))
      .fact("revoked", std::to_string(revoked_count_))
      .fact("drift", std::to_string(table_.drift_count()))
      .fact("table", table_.is_sound() ? "sound" : "broken")
      .fact("policy", is_policy_current_ ? "current" : "kept_out")
      .fact("udp_peers", known_host_.has_udp_peers ? "known" : "unknown");
}

Answer Enforcer::panic() {
  // The kernel first: letting everybody go must not depend on the disk, and hardly on the state of the table.
  const Status flushed = table_.let_all_go();
  const bool is_new = state_.is_armed || state_.actions.active_count() > 0;
  const Status written = is_new ? books_.record_anyway({.kind = Kind::panic}) : Status();
  log::warn("panic: nothing is blocked any more, until root says arm");
  if (!flushed) return counted(kernel_refusal(flushed.error()));
  if (!written) return counted(state_refusal(written.error()));
  return Answer().fact("armed", "no");
}

Answer Enforcer::arm(uid_t asker) {
  if (asker != 0) return counted({"asker", std::to_string(asker), "only root may arm"});
  if (const Status written = books_.record({.kind = Kind::arm}); !written)
    return counted(state_refusal(written.error()));
  log::info("armed");
  return Answer().fact("armed", "yes");
}

void Enforcer::adopt(const Policy& policy) {
  policy_ = policy;
  is_policy_current_ = true;
  keep_within_policy();
  state_.never_block.set_policy(policy_.never_block, policy_.administrators, policy_.nat64_prefixes);
  revoke();
}

void Enforcer::watch() {
  // Routes may change all the time, and each look reads all of them. A block has the host looked at anyway.
  if (host_.has_changed() && clock_.steady() >= watched_at_ + look_pause) {
    try_to_look();
    watched_at_ = clock_.steady();
  }
  if (table_.is_touched()) say(table_lines_, table_trouble, table_.reconcile(false));
}

bool Enforcer::tend() {
  follow_clock();
  state_.actions.expire(session_.now());
  state_.never_block.expire(session_.now());
  tidy();
  if (!table_.is_due(policy_.reconcile_interval)) return true;
  try_to_look();
  say(table_lines_, table_trouble, table_.reconcile(false));
  return table_.is_sound();
}

/// A process of this boot left its clock, so that all that was set since then is known. After a reboot only
/// what is behind what was seen before can be told to be wrong; it would make blocks longer than they were
/// allowed to be.
void Enforcer::catch_up_with_clock() {
  Timestamp last = books_.last_seen();
  for (const auto& [id, action] : state_.actions.all()) last = std::max(last, action.made);
  const Timestamp now = session_.now();
  if (last > now) shift(Duration(now.microseconds - last.microseconds));
  seen_at_ = clock_.steady() - seen_interval;
  follow_clock();
  is_clock_due_ = true;
}

/// Goes over to a clock that was set. Blocks and protections keep the time that they have left: a clock that
/// was wrong over a reboot and is put right would otherwise add its error to them, each time.
void Enforcer::follow_clock() {
  const Duration jump = session_.follow();
  if (jump != Duration(0)) {
    shift(jump);
    is_clock_due_ = true;
    tidy();
    log::warn("the clock was set; blocks and protections keep the time they have left",
              {{"seconds", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(jump).count())}});
  }
  // After a jump at once: a time that was seen and was wrong would be taken off at the next start.
  if (jump == Duration(0) && clock_.steady() < seen_at_ + seen_interval) return;
  seen_at_ = clock_.steady();
  say(state_lines_, "cannot remember the time", books_.mark_seen(session_.now()));
}

/// Writes the state anew where that is due, and only then down which clock it goes by: a process that begins
/// with the one and not the other would move everything by the jump once more.
void Enforcer::tidy() {
  const Status tidied = books_.tidy();
  say(state_lines_, state_trouble, tidied);
  if (!tidied || !is_clock_due_) return;
  const Status kept = memory_.keep(session_.ahead(), clock_.steady());
  is_clock_due_ = !kept;  // then it is tried again
  say(clock_lines_, "a restart cannot tell whether the clock was set meanwhile", kept);
}

void Enforcer::shift(Duration by) {
  state_.actions.shift(by);
  state_.never_block.shift(by);
  books_.set_stale();
}

/// Whatever a clock did to them, protections last no longer than the policy lets anybody ask for.
void Enforcer::keep_within_policy() {
  const Timestamp now = session_.now();
  if (state_.never_block.shorten({now.microseconds + policy_.limits.protection_duration_max.count()},
                                 {now.microseconds + policy_.leave_alone.count()}))
    books_.set_stale();
}

Status Enforcer::look_at_host() {
  is_host_known_ = false;
  TRY(HostAddresses found, host_.read());
  is_host_known_ = true;
  state_.never_block.set_host(found);
  const bool is_moved = !is_same_place(found, known_host_);
  if (!found.has_udp_peers && known_host_.has_udp_peers)
    log::warn("the kernel does not tell of UDP sockets, so their peers are not protected");
  known_host_ = std::move(found);
  if (is_moved) revoke();
  return {};
}

void Enforcer::try_to_look() {
  say(unknown_lines_, "cannot tell what this host lives on, so nothing new is blocked", look_at_host());
}

/// Says what failed, where something did; what goes on failing is said now and then.
void Enforcer::say(LogLimit& limit, std::string_view what, const Status& status) {
  if (status) return;
  if (const auto hidden = limit.admit(clock_.steady()))
    log::error(what, {{"error", status.error().message}, {"hidden", std::to_string(*hidden)}});
}

Status Enforcer::end(const std::string& id) {
  return books_.record_anyway({.kind = Kind::end, .action = {.id = id}});
}

/// Takes back every block that a guard would now refuse.
void Enforcer::revoke() { revoke(find_revoked(state_, policy_.limits, session_.now())); }

/// Where the kernel does not take that, the table is not sound, which is mended later.
void Enforcer::revoke(const std::vector<Revocation>& revocations) {
  for (const Revocation& revoked : revocations) {
    for (const std::string& id : revoked.ids) say(state_lines_, state_trouble, end(id));
    static_cast<void>(table_.show(revoked.target));
    ++revoked_count_;
    log::warn("block revoked", {{"target", revoked.target.to_text()},
                                {"guard", std::string(revoked.refusal.guard)},
                                {"entry", revoked.refusal.entry}});
  }
}

/// Who asks for more than an hour may have, and goes on asking, has gone wrong or been taken over: nothing
/// new is blocked until somebody has looked.
void Enforcer::trip_breaker(const Refusal& refusal) {
  if (refusal.guard != "cap" || !refusal.entry.starts_with("blocks_per_hour_max")) return;
  const Duration now = clock_.steady();
  const bool is_second = capped_at_ && now < *capped_at_ + std::chrono::hours(1);
  capped_at_ = now;
  if (!is_second) return;
  say(state_lines_, state_trouble, books_.record_anyway({.kind = Kind::disarm}));
  capped_at_.reset();
  log::error("more blocks were asked for than an hour may have; nothing new is blocked until root says arm",
             {{"cap", refusal.entry}});
}

Answer Enforcer::counted(const Refusal& refusal) {
  ++refused_count_;
  trip_breaker(refusal);
  if (const auto hidden = refused_lines_.admit(clock_.steady()))
    log::info("refused", {{"guard", std::string(refusal.guard)},
                          {"entry", refusal.entry},
                          {"hidden", std::to_string(*hidden)}});
  return Answer(refusal);
}

}  // namespace alarum::enforcer
