#include "daemon/pipeline/worker.h"

#include "daemon/base/ensure.h"
#include "daemon/base/fault.h"
#include "daemon/pipeline/dead_letter.h"

#include <algorithm>

namespace alarum {
namespace {

PartitionId partition_of(const std::string& source, const Record& record) {
  return {source, std::string(record.coordinates.topic), record.coordinates.partition};
}

bool is_same_partition(const Record& left, const Record& right) {
  return left.coordinates.partition == right.coordinates.partition &&
         left.coordinates.topic == right.coordinates.topic;
}

}  // namespace

Worker::Worker(std::size_t number, std::vector<Share> shares, std::shared_ptr<const Plan> plan,
               std::set<PoisonRecord> poison, Ports ports, Options options)
    : number_(number),
      shares_(std::move(shares)),
      plan_(std::move(plan)),
      poison_(std::move(poison)),
      ports_(ports),
      options_(options),
      delta_(empty_delta()),
      rule_timer_(ports_.clock) {}

WorkerDelta Worker::empty_delta() const {
  WorkerDelta out;
  out.worker = number_;
  out.plan = plan_;
  out.rule_matches.assign(plan_->rules().size(), 0);
  return out;
}

bool Worker::step() {
  obey_commands();
  if (is_stopped_) return false;
  pause_or_resume();
  if (batch_share_ == nullptr) {
    poll_shares();
  } else if (!is_paused_) {
    work_off();
  } else if (const auto command = ports_.commands.pop_for(options_.poll_wait)) {
    obey(*command);
  }
  return !is_stopped_;
}

void Worker::poll_shares() {
  for (std::size_t left = shares_.size(); left > 0 && batch_share_ == nullptr; --left) {
    const Share& share = shares_[next_share_];
    next_share_ = (next_share_ + 1) % shares_.size();
    // Whoever has several sources waits for the last of them only.
    read(share, left == 1 ? options_.poll_wait : Duration(0));
  }
}

void Worker::pause_or_resume() {
  const bool paused = intake_paused_ || !has_room();
  if (paused == is_paused_) return;
  is_paused_ = paused;
  for (const Share& share : shares_) share.intake->set_paused(paused);
  if (has_room()) return;
  CommitterMessage message{CommitSoon{}};
  ports_.committer.try_push(message);  // full: it has enough to do, and will come by itself
}

bool Worker::has_room() const {
  return delta_.records < options_.delta_records_max && delta_.bytes < options_.delta_bytes_max;
}

void Worker::obey_commands() {
  while (!is_stopped_) {
    const auto command = ports_.commands.try_pop();
    if (!command) return;
    obey(*command);
  }
}

void Worker::obey(const WorkerCommand& command) {
  if (const auto* barrier = std::get_if<Barrier>(&command)) {
    answer(*barrier);
  } else if (const auto* assignment = std::get_if<Assignment>(&command)) {
    assign(*assignment);
  } else {
    is_stopped_ = true;
  }
}

void Worker::answer(const Barrier& barrier) {
  delta_.barrier = barrier.number;
  delta_.rule_nanoseconds = rule_timer_.take();
  WorkerDelta done = std::move(delta_);
  if (barrier.next_plan) {
    plan_ = barrier.next_plan;
    for (auto& [id, partition] : partitions_) partition.lane.reset();
  }
  intake_paused_ = barrier.intake_paused;
  delta_ = empty_delta();
  ports_.committer.push(std::move(done));
}

void Worker::assign(const Assignment& assignment) {
  partitions_[assignment.partition] = Partition{assignment.progress, nullptr};
}

void Worker::read(const Share& share, Duration wait) {
  share.intake->poll(wait, options_.records_per_poll, batch_);
  if (batch_.records.empty() && batch_.notices.empty()) return;
  const SourcePlan* const source = plan_->find_source(share.source);
  ENSURE(source != nullptr, "a plan has every source that is read");
  const Timestamp now = ports_.clock.wall();
  const Record* before = nullptr;
  for (Record& record : batch_.records) {
    if (!record.latest_time) record.latest_time = now;
    if (before == nullptr || !is_same_partition(*before, record)) note_ingest_lag(*source, record, now);
    before = &record;
  }
  batch_share_ = &share;
  batch_at_ = 0;
  batch_read_at_ = now;
}

/// Evaluates one slice of what was polled. Between slices the committer is heard: after a barrier the rest
/// belongs to the next commit, after a stop to the next process.
void Worker::work_off() {
  if (batch_at_ < batch_.records.size()) {
    const std::span<const Record> slice = next_slice();
    take_run(*batch_share_, slice);
    batch_at_ += slice.size();
  }
  if (batch_at_ < batch_.records.size()) return;
  take_notices(batch_.notices);
  batch_share_ = nullptr;
}

/// The next records of one partition, as far as a slice and the bounds of a commit go; at least one.
std::span<const Record> Worker::next_slice() const {
  const auto rest = std::span(batch_.records).subspan(batch_at_);
  const std::uint64_t room =
      options_.delta_records_max - std::min(options_.delta_records_max, delta_.records);
  std::uint64_t bytes = rest.front().bytes.size();
  std::size_t count = 1;
  while (count < rest.size() && count < room && is_same_partition(rest.front(), rest[count])) {
    bytes += rest[count].bytes.size();
    if (bytes > options_.slice_bytes_max) break;
    ++count;
  }
  return rest.first(count);
}

void Worker::take_notices(std::span<const PartitionNotice> notices) {
  for (const PartitionNotice& notice : notices) {
    const auto found = partitions_.find(notice.partition);
    if (found == partitions_.end()) continue;
    if (notice.kind == PartitionNotice::Kind::end_reached) {
      // What lies between the last record and the end are marks of transactions: nothing that is for us.
      PartitionProgress& progress = found->second.progress;
      if (notice.offset <= progress.next_offset) continue;
      progress.next_offset = notice.offset;
      delta_.partitions[notice.partition] = progress;
    } else {
      delta_.notices.push_back(notice);
    }
  }
}

/// Records of one partition, in order.
void Worker::take_run(const Share& share, std::span<const Record> run) {
  const PartitionId id = partition_of(share.source, run.front());
  const auto found = partitions_.find(id);
  ENSURE(found != partitions_.end(), "records come only of partitions that were assigned");
  Partition& partition = found->second;
  // Sources may give a record twice; it counts once.
  while (!run.empty() && run.front().coordinates.offset < partition.progress.next_offset)
    run = run.subspan(1);
  if (run.empty()) return;

  const SourcePlan* const source = plan_->find_source(share.source);
  ENSURE(source != nullptr, "a plan has every source that is read");
  while (!run.empty()) {
    const auto poison = std::find_if(run.begin(), run.end(), [&](const Record& record) {
      return poison_.contains({id, record.coordinates.offset});
    });
    const auto sound = static_cast<std::size_t>(poison - run.begin());
    if (sound > 0) evaluate(partition, *source, run.first(sound));
    if (poison != run.end()) refuse_poison(share, *poison);
    advance(id, partition, run[std::min(sound, run.size() - 1)]);
    run = run.subspan(std::min(sound + 1, run.size()));
  }
}

void Worker::evaluate(Partition& partition, const SourcePlan& source, std::span<const Record> records) {
  if (!partition.lane) {
    partition.lane = std::make_unique<Lane>(plan_, source, UntimedEvents::stay_untimed);
    partition.lane->resume(partition.progress.event_time_max);
    partition.lane->show_in_hand(&ports_.in_hand);
    partition.lane->time_rules(&rule_timer_);
  }
  const auto watch_list = ports_.watch_list.get();
  partition.lane->watch(watch_list.get(), batch_read_at_);
  partition.lane->evaluate(records, lane_output_);
  partition.progress.event_time_max = partition.lane->event_time_max();
  OutcomeTotals& totals = delta_.totals[source.source()];
  totals.evaluated += lane_output_.records - lane_output_.dead_letters.size();
  totals.dead_letters += lane_output_.dead_letters.size();
  totals.events += lane_output_.events;
  totals.late_events += lane_output_.late_events;
  totals.skewed_events += lane_output_.skewed_events;
  if (!lane_output_.client_addresses.is_empty())
    delta_.client_addresses[source.source()].merge(lane_output_.client_addresses);
  if (!lane_output_.watched.is_empty())
    lane_output_.watched.add_to(delta_.watched[source.source()], *watch_list);
  delta_.records += records.size();
  for (const Record& record : records) delta_.bytes += record.bytes.size();
  for (const std::uint32_t rule : lane_output_.matches) ++delta_.rule_matches[rule];
  auto record = records.begin();
  for (const Alert& alert : lane_output_.alerts) {
    while (record->coordinates.offset != alert.evidence.front().offset) ++record;  // both are in order
    ports_.in_hand.record.store(&*record, std::memory_order_relaxed);
    add({OutboxKind::alert, alert.id, to_json(alert), alert.rule, alert.first_event_time, alert.time_basis});
  }
  for (const DeadLetter& letter : lane_output_.dead_letters) {
    add_dead_letter(letter.coordinates, reason_name(letter.reason), letter.bytes);
  }
  ports_.in_hand.record.store(nullptr, std::memory_order_relaxed);
}

void Worker::add(Finding finding) {
  delta_.bytes += finding.json.size();
  delta_.findings.push_back(std::move(finding));
}

void Worker::add_dead_letter(const Coordinates& coordinates, std::string_view reason,
                             std::string_view bytes) {
  if (!options_.keeps_dead_letters) return;
  add({OutboxKind::dead_letter, dead_letter_key(coordinates), dead_letter_json(coordinates, reason, bytes),
       nullptr, std::nullopt, TimeBasis::unknown});
}

void Worker::refuse_poison(const Share& share, const Record& record) {
  ++delta_.totals[share.source].dead_letters;
  ++delta_.records;
  add_dead_letter(record.coordinates, "poison", record.bytes);
}

/// Everything up to `last` is accounted for.
void Worker::advance(const PartitionId& id, Partition& partition, const Record& last) {
  partition.progress.next_offset = last.coordinates.offset + 1;
  partition.progress.last_offset = last.coordinates.offset;
  partition.progress.last_timestamp = last.coordinates.timestamp;
  delta_.partitions[id] = partition.progress;
}

void Worker::note_ingest_lag(const SourcePlan& source, const Record& record, Timestamp now) {
  if (!record.coordinates.timestamp) return;
  const auto& sources = plan_->sources();
  const auto index = std::find_if(sources.begin(), sources.end(),
                                  [&](const auto& known) { return known.get() == &source; }) -
                     sources.begin();
  const Duration lag(now.microseconds - record.coordinates.timestamp->microseconds);
  delta_.ingest_lags.push_back({static_cast<std::uint32_t>(index), std::max(lag, Duration(0))});
}

}  // namespace alarum
