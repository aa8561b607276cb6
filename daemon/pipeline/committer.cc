#include "daemon/pipeline/committer.h"

#include "daemon/base/ensure.h"
#include "daemon/base/fault.h"
#include "daemon/base/log.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace alarum {
namespace {

constexpr std::chrono::milliseconds status_interval{100};
/// How often is committed at the end at least: whoever stops the service does not wait for its interval.
constexpr std::chrono::milliseconds finish_interval{50};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// The alert as it is told: with the time of the decision as its last member.
std::string with_detected_at(std::string json, Timestamp detected_at) {
  ENSURE(json.ends_with('}'), "an alert is a JSON object");
  json.pop_back();
  return json.append(",\"detected_at\":\"").append(format_time(detected_at)).append("\"}");
}

/// What was counted by rule of the plan `before` (null: nothing was), by rule of `now`.
std::vector<std::uint64_t> carried_over(const std::vector<std::uint64_t>& counts, const Plan* before,
                                        const Plan& now) {
  std::map<std::string_view, std::uint64_t> known;
  for (std::size_t i = 0; before != nullptr && i < counts.size(); ++i)
    known[before->rules()[i].id] = counts[i];
  std::vector<std::uint64_t> out;
  out.reserve(now.rules().size());
  for (const sigma::Rule& rule : now.rules()) {
    const auto found = known.find(rule.id);
    out.push_back(found == known.end() ? 0 : found->second);
  }
  return out;
}

}  // namespace

Committer::Committer(CommittedState state, const std::shared_ptr<const Plan>& plan, Ports ports,
                     Options options)
    : state_(std::move(state)), ports_(std::move(ports)), options_(std::move(options)) {
  commands_.resize(ports_.workers.size());
  state_.plan_hash = plan->hash();
  settle_deliveries();
  for (const auto& [source, queue] : ports_.sources) status_.sources[source];
  for (const auto& [source, totals] : state_.totals) status_.sources[source].totals = totals;
  for (const auto& [id, progress] : state_.partitions) {
    status_.sources[id.source].partitions[id] = progress;
    updates_[id.source].committed[id] = progress;
  }
  for (const auto& [source, queue] : ports_.sources) updates_[source];
  adopt(plan);
  publish_status(true);
}

std::size_t Committer::owner_of(const PartitionId& partition, std::size_t workers) {
  // Not a promise to anybody: neighbours go to different workers, and so do the first partitions of topics.
  const std::size_t topic = std::hash<std::string>()(partition.source + '\0' + partition.topic);
  return (topic + static_cast<std::size_t>(partition.number)) % workers;
}

bool Committer::step(Duration wait) {
  if (auto message = ports_.inbox.pop_for(wait)) {
    take(*std::move(message));
    while (auto more = ports_.inbox.try_pop()) take(*std::move(more));
  }
  if (phase_ == Phase::idle && !is_final_ && is_due()) send_barriers();
  if (phase_ == Phase::collecting && awaited_ == 0) build_batch();
  if (phase_ == Phase::writing && ports_.clock.steady() >= write_at_) write();
  const bool all_told = flush();
  const bool is_over = is_final_ && phase_ == Phase::idle && all_told;
  publish_status(is_over);
  return !is_over;
}

void Committer::take(CommitterMessage message) {
  if (auto* delta = std::get_if<WorkerDelta>(&message)) {
    ENSURE(phase_ == Phase::collecting && delta->barrier == barrier_, "a worker answers the barrier at hand");
    deltas_.push_back(std::move(*delta));
    --awaited_;
  } else if (auto* found = std::get_if<NewStarts>(&message)) {
    std::move(found->starts.begin(), found->starts.end(), std::back_inserter(starts_));
    is_soon_ = true;  // its records wait
  } else if (const auto* progress = std::get_if<DeliveryProgress>(&message)) {
    take_delivery(*progress);
  } else if (auto* plan = std::get_if<NewPlan>(&message)) {
    next_plan_ = std::move(plan->plan);
  } else if (std::holds_alternative<CommitSoon>(message)) {
    is_soon_ = true;
  } else if (!is_finishing_) {
    is_finishing_ = true;
    is_soon_ = true;
    drained_by_ = ports_.clock.steady() + options_.drain_max;
  }
}

void Committer::take_delivery(const DeliveryProgress& progress) {
  for (const auto& [sink, sequence] : progress.delivered) {
    const auto known = state_.delivered.find(sink);
    if (known == state_.delivered.end() || sequence <= known->second) continue;
    known->second = sequence;
    delivered_changed_ = true;
  }
}

bool Committer::is_due() const {
  const Duration interval =
      is_finishing_ ? std::min<Duration>(options_.interval, finish_interval) : options_.interval;
  return is_soon_ || ports_.clock.steady() >= barrier_at_ + interval;
}

void Committer::send_barriers() {
  const bool is_drained = pauses_ > 0 && pending() == 0;
  is_final_ = is_finishing_ && (is_drained || ports_.clock.steady() >= drained_by_);
  is_soon_ = false;
  if (is_finishing_) ++pauses_;
  barrier_at_ = ports_.clock.steady();
  ++barrier_;
  status_.outbox_full = pending() >= options_.outbox_max;
  for (auto& commands : commands_)
    commands.push_back(Barrier{barrier_, next_plan_, status_.outbox_full || is_finishing_});
  sent_plan_ = std::exchange(next_plan_, nullptr);
  awaited_ = ports_.workers.size();
  phase_ = Phase::collecting;
}

void Committer::build_batch() {
  // Workers answer in any order; what is written is in theirs.
  std::sort(deltas_.begin(), deltas_.end(),
            [](const WorkerDelta& left, const WorkerDelta& right) { return left.worker < right.worker; });
  batch_ = {};
  for (WorkerDelta& delta : deltas_) merge(delta);
  deltas_.clear();
  starting_ = std::exchange(starts_, {});
  for (const PartitionStart& start : starting_) apply(start);
  if (sent_plan_) adopt(std::exchange(sent_plan_, nullptr));
  settle_deliveries();
  phase_ = Phase::idle;
  if (!has_news()) return release();
  batch_.plan_hash = state_.plan_hash;
  batch_.delivered = state_.delivered;
  batch_.delivered_by_all = state_.delivered_by_all;
  batch_.last_sequence = state_.last_sequence;
  delivered_changed_ = false;
  phase_ = Phase::writing;
  write_at_ = ports_.clock.steady();
}

bool Committer::has_news() const {
  return delivered_changed_ || !batch_.partitions.empty() || !batch_.totals.empty() ||
         !batch_.entries.empty();
}

void Committer::merge(WorkerDelta& delta) {
  count(delta);
  merge_progress(delta);
  add_entries(delta.findings, ports_.clock.wall());
}

void Committer::merge_progress(WorkerDelta& delta) {
  for (auto& [id, progress] : delta.partitions) {
    state_.partitions[id] = progress;
    batch_.partitions[id] = progress;
    updates_[id.source].committed[id] = progress;
  }
  for (const auto& [source, totals] : delta.totals) {
    state_.totals[source] += totals;
    batch_.totals[source] = state_.totals[source];
  }
  for (PartitionNotice& notice : delta.notices)
    updates_[notice.partition.source].ended.push_back(std::move(notice));
}

void Committer::add_entries(std::vector<Finding>& findings, Timestamp detected_at) {
  for (Finding& finding : findings) {
    const bool is_alert = finding.kind == OutboxKind::alert;
    if (is_alert) {
      ++status_.alerts[finding.rule->level];
      if (finding.event_time) {
        const Duration lag(detected_at.microseconds - finding.event_time->microseconds);
        status_.detection_lag.try_emplace(finding.time_basis, lag_buckets)
            .first->second.add(std::max(seconds(lag), 0.0));
      }
    }
    if ((is_alert ? options_.alert_sinks : options_.dead_letter_sinks).empty()) continue;
    batch_.entries.push_back(
        {++state_.last_sequence, finding.kind, std::move(finding.key),
         is_alert ? with_detected_at(std::move(finding.json), detected_at) : std::move(finding.json)});
  }
}

void Committer::apply(const PartitionStart& start) {
  PartitionProgress& progress = state_.partitions[start.partition];
  progress.next_offset = start.offset;
  if (start.gap) {
    OutcomeTotals& totals = state_.totals[start.partition.source];
    ++totals.gaps;
    totals.gap_records += static_cast<std::uint64_t>(start.gap->to - start.gap->from);
    batch_.totals[start.partition.source] = totals;
    if (start.gap->reason == Gap::Reason::recreated) {
      progress.last_offset = -1;
      progress.last_timestamp.reset();
    }
    log::error("records are lost to us", {{"source", start.partition.source},
                                          {"topic", start.partition.topic},
                                          {"partition", std::to_string(start.partition.number)},
                                          {"reason", std::string(gap_reason_name(start.gap->reason))},
                                          {"from", std::to_string(start.gap->from)},
                                          {"to", std::to_string(start.gap->to)}});
  }
  batch_.partitions[start.partition] = progress;
  updates_[start.partition.source].committed[start.partition] = progress;
}

void Committer::count(const WorkerDelta& delta) {
  status_.records += delta.records;
  status_.bytes += delta.bytes;
  for (std::size_t rule = 0; rule < delta.rule_matches.size(); ++rule)
    status_.rule_matches[rule] += delta.rule_matches[rule];
  for (std::size_t rule = 0; rule < delta.rule_nanoseconds.size(); ++rule)
    status_.rule_nanoseconds[rule] += delta.rule_nanoseconds[rule];
  for (const auto& [source, seen] : delta.client_addresses) clients_[source].add(seen, ports_.clock.steady());
  for (const auto& [source, hits] : delta.watched) alarum::merge(watched_[source], hits);
  for (const IngestLag& lag : delta.ingest_lags) {
    const std::string& source = delta.plan->sources()[lag.source]->source();
    status_.sources[source].ingest_lag.add(seconds(lag.lag));
  }
}

/// Entries that every sink has go with the next commit.
void Committer::settle_deliveries() {
  std::uint64_t by_all = state_.last_sequence;
  for (const auto& [sink, sequence] : state_.delivered) by_all = std::min(by_all, sequence);
  delivered_changed_ = delivered_changed_ || by_all > state_.delivered_by_all;
  state_.delivered_by_all = std::max(state_.delivered_by_all, by_all);
}

void Committer::write() {
  const Duration before = ports_.clock.steady();
  Status written = fault::point("before_commit");
  if (written) written = ports_.store.write(batch_);
  if (!written) {
    if (written.error().message != status_.store_trouble)
      log::error("commit failed, trying again; nothing is told meanwhile",
                 {{"error", written.error().message}});
    status_.store_trouble = written.error().message;
    write_at_ = ports_.clock.steady() + options_.retry_interval;
    return publish_status(true);
  }
  if (!status_.store_trouble.empty()) {
    log::info("commit succeeded again");
    status_.store_trouble.clear();
  }
  ++status_.commits;
  status_.commit_duration.add(seconds(ports_.clock.steady() - before));
  phase_ = Phase::idle;
  const Status released = fault::point("after_commit");
  ENSURE(released.has_value(), "this fault point can only delay or end the process");
  release();
}

/// What the commit at hand made true may be known.
void Committer::release() {
  for (const auto& [id, progress] : batch_.partitions) status_.sources[id.source].partitions[id] = progress;
  for (const auto& [source, totals] : batch_.totals) status_.sources[source].totals = totals;
  show_watched();
  status_.outbox_pending = pending();
  status_.delivered = state_.delivered;
  for (PartitionStart& start : std::exchange(starting_, {})) {
    note_gap(start);
    const std::size_t owner = owner_of(start.partition, commands_.size());
    commands_[owner].push_back(Assignment{start.partition, state_.partitions[start.partition]});
    updates_[start.partition.source].to_begin.push_back(std::move(start));
  }
  if (is_final_) {
    for (auto& commands : commands_) commands.push_back(Stop{});
  }
  if (!batch_.entries.empty()) {
    for (BoundedQueue<Wake>* const delivery : ports_.deliveries) {
      Wake wake;
      delivery->try_push(wake);  // full: it has been woken already
    }
  }
  batch_ = {};
}

/// Adds the hits of the commit to those that are shown, of which only networks stay that are on the list.
void Committer::show_watched() {
  auto list = ports_.watch_list.get();
  const bool has_changed = list != std::exchange(watch_list_, list);
  for (auto& [source, of] : status_.sources) {
    const auto more = watched_.find(source);
    if (more == watched_.end() && (!has_changed || !of.watched)) continue;
    WatchHits hits = of.watched ? *of.watched : WatchHits();
    if (more != watched_.end()) alarum::merge(hits, more->second);
    std::erase_if(hits, [&](const auto& hit) { return !list || !list->has(hit.first); });
    of.watched = std::make_shared<const WatchHits>(std::move(hits));
  }
  watched_.clear();
}

/// Shows what a start left out.
void Committer::note_gap(const PartitionStart& start) {
  if (!start.gap) return;
  ++status_.gaps_found;
  if (status_.gaps.size() == gaps_shown_max) status_.gaps.erase(status_.gaps.begin());
  status_.gaps.push_back({start.partition, *start.gap, ports_.clock.wall()});
}

/// Hands out what is waiting, as far as there is room. A source hears of a beginning only after the worker
/// has been told of it.
bool Committer::flush() {
  bool all_told = true;
  for (std::size_t worker = 0; worker < commands_.size(); ++worker) {
    auto& commands = commands_[worker];
    while (!commands.empty() && ports_.workers[worker]->try_push(commands.front())) commands.pop_front();
    all_told = all_told && commands.empty();
  }
  if (!all_told || phase_ == Phase::writing) return false;
  for (auto update = updates_.begin(); update != updates_.end();) {
    const auto queue = ports_.sources.find(update->first);
    // Of a source that is not read any more there is nobody to tell.
    const bool is_told = queue == ports_.sources.end() || queue->second->try_push(update->second);
    update = is_told ? updates_.erase(update) : std::next(update);
  }
  return true;
}

void Committer::adopt(const std::shared_ptr<const Plan>& plan) {
  status_.rule_matches = carried_over(status_.rule_matches, status_.plan.get(), *plan);
  status_.rule_nanoseconds = carried_over(status_.rule_nanoseconds, status_.plan.get(), *plan);
  status_.plan = plan;
  state_.plan_hash = plan->hash();
}

void Committer::publish_status(bool now) {
  const Duration time = ports_.clock.steady();
  if (!now && time < status_at_ + status_interval) return;
  status_at_ = time;
  status_.as_of = ports_.clock.wall();
  for (auto& [source, clients] : clients_)
    status_.sources[source].client_addresses_recent = clients.estimate(time);
  status_.barrier_age = phase_ == Phase::collecting ? time - barrier_at_ : Duration(0);
  ports_.status.publish(std::make_shared<const LineStatus>(status_));
}

}  // namespace alarum
