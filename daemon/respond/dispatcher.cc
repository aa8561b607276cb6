#include "daemon/respond/dispatcher.h"

#include "daemon/base/fault.h"
#include "daemon/base/file.h"
#include "daemon/base/log.h"
#include "daemon/respond/standing_blocks.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace alarum {
namespace {

/// How much one turn decides at most: who waits for an attempt to begin waits no longer for it.
constexpr std::size_t alerts_of_turn_max = 200;
constexpr std::chrono::milliseconds deciding_max{20};
/// For how long a transaction waits for that of somebody else; then it is tried again.
constexpr std::chrono::milliseconds patience_for_others{200};
/// The same at the start, which would fail otherwise.
constexpr std::chrono::seconds start_patience{5};
/// How long the ledger is left in peace after an error.
constexpr std::chrono::milliseconds pause_after_error{100};

/// How often it is looked whether blocks work, while nothing else is to be done.
constexpr std::chrono::seconds effect_interval{1};

/// How often a turn is made though nothing is known that is to be done: by then people may have allowed
/// somebody.
constexpr std::chrono::seconds turn_interval{1};
/// By so much a clock is set, and not only brought nearer to the right time.
constexpr std::chrono::seconds clock_step_min{2};
/// How many exemptions are told at a time: a block that comes behind them waits for no more.
constexpr std::size_t exemptions_of_turn_max = 2;

/// How often it is looked which name servers there are, and how much of the file that names them is read.
constexpr std::chrono::minutes resolvers_interval{1};
constexpr std::size_t resolv_conf_bytes_max = 64U << 10U;

/// Reports that wait. Of each channel there are hardly ever as many as that; who finds no place waits.
std::size_t places_for(std::size_t channels) {
  return 2 * ActionWorker::queue_max * std::max<std::size_t>(channels, 1);
}

int urgency(ResponderNature nature) {
  return nature == ResponderNature::blocking ? 0 : nature == ResponderNature::running ? 1 : 2;
}

}  // namespace

Dispatcher::Dispatcher(std::unique_ptr<LedgerDatabase> database, AuditLog audit, Ports ports)
    : database_(std::move(database)),
      ports_(std::move(ports)),
      actions_(*database_),
      notices_(*database_),
      guards_(*database_),
      settler_(*database_, actions_, std::move(audit), ports_.random),
      judge_(*database_, actions_, guards_, settler_, ports_.peers),
      decider_(*database_, actions_, guards_, judge_),
      closer_(*database_, actions_),
      starter_(actions_, notices_, judge_, settler_),
      effect_(*database_, actions_, settler_, ports_.effect),
      arrived_(places_for(64)) {}

Result<std::unique_ptr<Dispatcher>> Dispatcher::open(const std::string& path,
                                                     std::vector<ActionTarget> targets,
                                                     std::shared_ptr<const ResponsePlan> plan, Ports ports) {
  TRY(auto database, LedgerDatabase::open(path, LedgerDatabase::Access::write, start_patience));
  TRY(AuditLog audit, AuditLog::prepare(*database));
  std::unique_ptr<Dispatcher> out(new Dispatcher(std::move(database), std::move(audit), std::move(ports)));
  std::stable_sort(targets.begin(), targets.end(), [](const ActionTarget& a, const ActionTarget& b) {
    return urgency(a.what.nature) < urgency(b.what.nature);
  });
  Dispatcher* const self = out.get();
  for (ActionTarget& target : targets) {
    const auto report = [self](ActionReport news) {
      self->arrived_.push(std::move(news));
      self->bell_.ring();
    };
    out->channels_.push_back(std::make_unique<ActionChannel>(std::move(target), out->ports_.clock, report));
  }
  TRY_OK(out->find_stand_ins(out->ports_.clock.wall()));
  out->next_plan_.publish(std::move(plan));
  out->database_->set_patience(patience_for_others);
  return out;
}

Dispatcher::~Dispatcher() {
  for (const auto& channel : channels_) channel->stop();
  arrived_.close();
}

void Dispatcher::adopt(std::shared_ptr<const ResponsePlan> plan) {
  next_plan_.publish(std::move(plan));
  bell_.ring();
}

void Dispatcher::step(Duration wait) {
  bell_.wait(wait);
  take_reports();
  if (ports_.damage.is_found()) return;  // LedgerSink says it, and each write may make it worse
  if (!trouble_.empty() && ports_.clock.steady() < failed_at_ + pause_after_error) return;
  const Timestamp now = ports_.clock.wall();
  const Result<bool> has_work = has_something_to_do(now);
  if (!has_work) return fail(has_work.error());
  if (*has_work) {
    if (const Status done = turn(now); !done) return fail(done.error());
    if (!trouble_.empty()) {
      log::info("actions get on again");
      trouble_.clear();
      publish();
    }
  }
  look_at_effects(now);
}

void Dispatcher::finish(Duration patience) {
  const Duration end = ports_.clock.steady() + patience;
  is_ending_ = true;
  for (const auto& channel : channels_) channel->stop();
  const auto is_busy = [&] {
    return std::any_of(channels_.begin(), channels_.end(),
                       [](const auto& channel) { return channel->under_way() > 0; });
  };
  while (is_busy() && ports_.clock.steady() < end) {
    bell_.wait(std::chrono::milliseconds(10));
    take_reports();
    if (reports_.empty() || ports_.damage.is_found()) continue;
    if (const Status done = turn(ports_.clock.wall()); !done) return fail(done.error());
  }
}

void Dispatcher::take_reports() {
  while (auto report = arrived_.try_pop()) reports_.push_back(*std::move(report));
}

/// Without a transaction, so that whoever has nothing to write holds up nobody.
Result<bool> Dispatcher::has_something_to_do(Timestamp now) {
  if (!reports_.empty() || !is_settled_ || next_plan_.get() != plan_) return true;
  if (ports_.clock.steady() >= turned_at_ + turn_interval) return true;
  TRY(const bool has_alerts, actions_.has_undecided());
  if (has_alerts) return true;
  for (const auto& channel : channels_) {
    if (channel->room() == 0) continue;
    const auto is_new = [&](const StoredAction& action) { return !channel->is_under_way(action.id); };
    for (const std::string& name : channel->names()) {
      TRY(const auto due, actions_.to_do(name, now, channel->under_way() + 1));
      if (std::any_of(due.begin(), due.end(), is_new)) return true;
    }
  }
  return false;
}

Status Dispatcher::turn(Timestamp now) {
  std::vector<std::vector<ActionTask>> tasks;
  look_at_resolvers();
  {
    TRY(LedgerTransaction transaction, LedgerTransaction::begin(*database_));
    TRY_OK(follow_clock(now));
    TRY_OK(judge_.look(now, ports_.clients()));
    teller_.look(judge_.exemptions(), now);
    TRY_OK(settle_what_is_known(now));
    if (!is_ending_) {
      TRY_OK(use_plan(now));
      TRY_OK(decide_alerts(now));
      TRY_OK(closer_.close(*plan_, now));
      TRY(tasks, start_actions(now));
    }
    TRY_OK(fault::point("actions_before_commit"));
    TRY_OK(transaction.commit());
    TRY_OK(fault::point("actions_after_commit"));
  }
  wall_ahead_ = Duration(now.microseconds) - ports_.clock.steady();
  judge_.note_committed();
  for (const ActionReport& report : reports_) {
    if (ActionChannel* const channel = channel_named(report.stored.responder))
      channel->take_back(report, ports_.random);
    if (report.not_to_block) teller_.settle(report);
  }
  reports_.clear();
  turned_at_ = ports_.clock.steady();
  is_settled_ = true;
  is_plan_noted_ = is_plan_noted_ || !is_ending_;
  begun_.clear();
  resumed_.clear();
  hand_over(std::move(tasks));
  publish();
  bell_.ring();  // one turn may leave something for the next
  return {};
}

/// A clock that is set back would leave actions waiting for a time that was, and begin them when they are of
/// no use any more. What a process before has decided is looked at, too.
Status Dispatcher::follow_clock(Timestamp now) {
  const Duration ahead = Duration(now.microseconds) - ports_.clock.steady();
  const bool is_set_back = wall_ahead_ && ahead < *wall_ahead_ - clock_step_min;
  if (is_set_back) teller_.forget();
  if (is_set_back || !is_settled_) TRY_OK(actions_.bring_to_present(now, is_set_back));
  return {};
}

/// What came back, and what the ledger takes for begun though it is under way nowhere: after a crash it may
/// have been done; after a commit of which nobody knew whether it held, it was never handed over.
Status Dispatcher::settle_what_is_known(Timestamp now) {
  for (const ActionReport& report : reports_) {
    if (report.not_to_block) continue;
    const ActionChannel* const channel = channel_named(report.stored.responder);
    TRY_OK(settler_.settle(report, channel == nullptr ? DeliveryClass::once : channel->delivery()));
    TRY_OK(take_back_refused(report, now));
  }
  if (has_orphans_) TRY_OK(end_orphans(now));
  if (is_settled_) return {};
  TRY(const std::vector<StoredAction> unfinished, actions_.unfinished());
  for (const StoredAction& action : unfinished) TRY_OK(settle_left_over(action, now));
  return {};
}

/// Somebody may have protected the target of a block while that was on its way: nobody could take it back
/// then.
Status Dispatcher::take_back_refused(const ActionReport& report, Timestamp now) {
  StoredAction block = report.stored;
  if (block.nature != ResponderNature::blocking || report.is_undo || plan_ == nullptr ||
      report.result.verdict != ActionVerdict::done)
    return {};
  const auto refusal = judge_.refuse_standing(block, *plan_, now);
  if (!refusal) return {};
  block.state = ActionState::done;
  return settler_.revoke(block, *refusal, now);
}

Status Dispatcher::settle_left_over(const StoredAction& action, Timestamp now) {
  const ActionChannel* const channel = channel_named(action.responder);
  if (channel == nullptr || channel->name() != action.responder) {
    if (action.state == ActionState::undoing) return {};  // who stands in takes it back, or its time ends it
    const bool is_begun = action.state == ActionState::executing || action.may_be_done;
    const ActionState state = is_begun ? ActionState::in_doubt : ActionState::failed;
    StoredAction left = action;
    left.may_be_done = is_begun;
    return settler_.end(left, {state, "no responder of this name is configured any more", "", std::nullopt},
                        action_state_name(state), "", now);
  }
  if (action.state != ActionState::executing || channel->is_under_way(action.id)) return {};
  // What an earlier process had begun stays in doubt, though this one has begun it again since.
  if (begun_.contains(action.id) && !resumed_.contains(action.id)) return actions_.withdraw(action.id);
  resumed_.insert(action.id);
  return settler_.resume(action, now);
}

/// Blocks of a responder that is not configured any more are taken back by another one that blocks: most
/// likely it is the same by another name.
Status Dispatcher::find_stand_ins(Timestamp now) {
  TRY(const std::vector<std::string> names, standing_responders(*database_, now));
  const bool has_blocker = !channels_.empty() && channels_.front()->nature() == ResponderNature::blocking;
  for (const std::string& name : names) {
    if (channel_named(name) != nullptr) continue;
    if (has_blocker) {
      channels_.front()->stand_in_for(name);
      log::warn("blocks of a responder that is gone are taken back by another one, where they have to be",
                {{"responder", name}, {"stands_in", channels_.front()->name()}});
      continue;
    }
    has_orphans_ = true;
    log::error("nobody is configured who could take back the blocks of a responder that is gone",
               {{"responder", name}});
  }
  return {};
}

/// What nobody can take back has its end.
Status Dispatcher::end_orphans(Timestamp now) {
  TRY(const std::vector<StoredAction> unfinished, actions_.unfinished());
  for (const StoredAction& action : unfinished) {
    const bool is_over = action.until && now >= *action.until;
    if (action.state != ActionState::undoing || !is_over || channel_named(action.responder)) continue;
    const std::string why = "its time is over; no responder is configured that could have taken it back";
    TRY_OK(settler_.end(action, {ActionState::undone, why, "", std::nullopt}, "", "", now));
  }
  return {};
}

/// A new plan holds at once, and what it changes is written down until that is committed.
Status Dispatcher::use_plan(Timestamp now) {
  auto next = next_plan_.get();
  if (next == plan_ && is_plan_noted_)
    return judge_.has_new_peers() ? judge_.revoke_protected(*plan_, now) : Status();
  is_plan_noted_ = false;
  plan_ = std::move(next);
  TRY_OK(guards_.note_revisions(plan_->rules, now));
  return judge_.revoke_protected(*plan_, now);
}

Status Dispatcher::decide_alerts(Timestamp now) {
  const Duration end = ports_.clock.steady() + deciding_max;
  TRY(const std::vector<UndecidedAlert> alerts, actions_.undecided(alerts_of_turn_max));
  for (const UndecidedAlert& alert : alerts) {
    TRY_OK(decider_.decide(alert, *plan_, now));
    TRY_OK(actions_.note_decided(alert.number));
    if (ports_.clock.steady() >= end) break;
  }
  return {};
}

Result<std::vector<std::vector<ActionTask>>> Dispatcher::start_actions(Timestamp now) {
  std::vector<std::vector<ActionTask>> out;
  for (const auto& channel : channels_) {
    TRY(auto tasks, starter_.start(*channel, *plan_, now));
    for (const ActionTask& task : tasks) begun_.insert(task.stored.id);
    add_exemptions(*channel, tasks, now);
    out.push_back(std::move(tasks));
  }
  return out;
}

/// Behind all that has to be begun; only who acts by itself is there to be told.
void Dispatcher::add_exemptions(const ActionChannel& channel, std::vector<ActionTask>& tasks, Timestamp now) {
  const auto& known = plan_->playbooks.responders;
  const bool is_to_hear = std::any_of(known.begin(), known.end(), [&](const PlaybookResponder& responder) {
    return responder.name == channel.name() && responder.nature == ResponderNature::blocking &&
           responder.mode == ResponderMode::automatic;
  });
  const std::size_t room = channel.room();
  if (!is_to_hear || tasks.size() >= room) return;
  for (ActionTask& task : teller_.due(channel, now, std::min(room - tasks.size(), exemptions_of_turn_max)))
    tasks.push_back(std::move(task));
}

void Dispatcher::hand_over(std::vector<std::vector<ActionTask>> tasks) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    for (ActionTask& task : tasks[i]) channels_[i]->hand_over(std::move(task));
  }
}

void Dispatcher::look_at_effects(Timestamp now) {
  const Duration steady = ports_.clock.steady();
  if (steady < looked_at_ + effect_interval) return;
  looked_at_ = steady;
  if (const Status looked = effect_.look(now); !looked) fail(looked.error());
}

/// The name servers are asked by the system's own code, whose connections nobody here sees.
void Dispatcher::look_at_resolvers() {
  const Duration steady = ports_.clock.steady();
  if (resolvers_at_ && steady < *resolvers_at_ + resolvers_interval) return;
  resolvers_at_ = steady;
  const auto text = read_file(ports_.resolv_conf, resolv_conf_bytes_max);
  if (!text) return;  // without it there are none
  for (const IpAddress& address : nameservers_in(*text)) ports_.peers.note(address);
}

/// Whether a commit that failed holds is not known: the next turn looks.
void Dispatcher::fail(const Error& error) {
  ports_.damage.note(error);
  is_settled_ = false;
  if (trouble_ != error.message) log::warn("actions do not get on, trying again", {{"error", error.message}});
  trouble_ = error.message;
  failed_at_ = ports_.clock.steady();
  publish();
}

void Dispatcher::publish() {
  auto all = std::make_shared<AllResponderFigures>();
  for (const auto& channel : channels_)
    all->responders.push_back({channel->name(), channel->under_way(), channel->is_open()});
  all->trouble = trouble_;
  ports_.responders.publish(std::move(all));
}

ActionChannel* Dispatcher::channel_named(const std::string& name) {
  for (const auto& channel : channels_) {
    const auto& names = channel->names();
    if (std::find(names.begin(), names.end(), name) != names.end()) return channel.get();
  }
  return nullptr;
}

}  // namespace alarum
