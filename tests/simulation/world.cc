#include "tests/simulation/world.h"

#include "daemon/base/fault.h"
#include "daemon/pipeline/lane.h"
#include "daemon/pipeline/state_codec.h"
#include "tests/unit/support/event_world.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace alarum::simulation {
namespace {

/// Two plans that find the same by rules of another revision: a reload changes nothing that is told.
std::shared_ptr<const Plan> make_plan(bool second) {
  FieldTable fields;
  EventFormat format = *make_event_format("product=x", fields);
  auto rules = test::rules_of(test::rule_text("one", "product: x", "s: {a: 1}, condition: s") +
                                  test::rule_text("two", "product: x", "s: {a: 1, b: 1}, condition: s"),
                              fields);
  if (second) {
    std::reverse(rules.begin(), rules.end());
    for (sigma::Rule& rule : rules) rule.revision = "fedcba9876543210";
  }
  return Plan::compile(std::move(rules), std::move(fields),
                       SourceFormat{"sim", "product=x", std::move(format)}, {});
}

const std::array<std::shared_ptr<const Plan>, 2>& plans() {
  static const std::array<std::shared_ptr<const Plan>, 2> both = {make_plan(false), make_plan(true)};
  return both;
}

constexpr std::uint64_t actions_of_a_seed = 1500;
constexpr std::uint64_t calm_rounds_max = 20'000;

}  // namespace

/// What lives and dies.
struct World::Process {
  explicit Process(World& world)
      : source(world.broker_, world.random_, world.workers_),
        alerts(make_sink(world, "alerts", OutboxKind::alert, world.alerts_)),
        copies(make_sink(world, "copies", OutboxKind::alert, world.copies_)),
        dead_letters(make_sink(world, "dead letters", OutboxKind::dead_letter, world.dead_letters_)),
        store(make_store(world)) {
    auto state = store.load();
    ENSURE(state.has_value(), "the disk of a simulation can be read");
    line =
        std::make_unique<Line>(*std::move(state), plans()[world.random_.below(2)], std::set<PoisonRecord>{},
                               Line::Parts{store,
                                           {&source},
                                           {{&alerts, OutboxKind::alert, world.is_apart_, world.is_apart_},
                                            {&copies, OutboxKind::alert},
                                            {&dead_letters, OutboxKind::dead_letter}},
                                           world.clock_},
                               world.settings_);
    ++world.story_.processes;
  }

  static std::unique_ptr<ByteStore> make_store(World& world) {
    std::unique_ptr<ByteStore> out = std::make_unique<SimStore>(world.disk_, world.mood_, world.random_);
    return world.defect_ == nullptr ? std::move(out) : world.defect_->wrap(std::move(out), world.disk_);
  }

  static SimSink make_sink(World& world, std::string name, OutboxKind kind, Arrivals& arrivals) {
    const auto is_durable = [&disk = world.disk_](std::uint64_t sequence) {
      return disk.contains(outbox_key(sequence));
    };
    return {std::move(name),  kind, arrivals, world.random_, is_durable, world.target_down_,
            world.violations_};
  }

  SimSource source;
  SimSink alerts;
  SimSink copies;
  SimSink dead_letters;
  StateStore store;
  std::unique_ptr<Line> line;
  bool is_finishing = false;
  bool is_over = false;
};

World::World(std::uint64_t seed, const NamedDefect* defect)
    : random_(seed),
      is_apart_(seed % 2 == 1),
      defect_(defect),
      broker_(random_),
      workers_(1 + random_.below(4)) {
  settings_.workers = workers_;
  settings_.worker.records_per_poll = 1 + random_.below(40);
  settings_.worker.delta_records_max = 1 + random_.below(200);
  settings_.worker.slice_bytes_max = 1 + random_.below(2000);
  settings_.worker.poll_wait = Duration(0);
  settings_.committer.interval = std::chrono::milliseconds(random_.below(300));
  settings_.committer.outbox_max = 1 + random_.below(60);
  for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) broker_.add_partition();
}

void World::complain(std::string sentence) {
  constexpr std::size_t violations_max = 20;
  if (violations_.size() < violations_max) violations_.push_back(std::move(sentence));
}

std::vector<std::string> World::run() {
  for (std::uint64_t left = actions_of_a_seed; left > 0;) {
    const std::uint64_t actions = std::min(left, 1 + random_.below(600));
    left -= actions;
    live(actions);
  }
  be_calm();
  check();
  return violations_;
}

/// One process, until it dies or has done enough.
void World::live(std::uint64_t actions) {
  try {
    const fault::Armed armed([this](std::string_view /*name*/) -> Status {
      if (crashes_at_points_ && random_.once_in(40)) throw Crash{};
      return {};
    });
    crashes_at_points_ = random_.once_in(2);
    Process process(*this);
    for (; actions > 0 && !process.is_over; --actions) act(process);
    // Otherwise it is killed here, whatever it was about to do.
  } catch (const Crash&) {
    ++story_.crashes;
  }
}

void World::act(Process& process) {
  clock_.move(std::chrono::milliseconds(random_.below(30)));
  if (random_.once_in(3)) broker_.produce(clock_.wall());
  if (random_.once_in(60)) change_world();
  if (random_.once_in(150)) {
    process.line->adopt(plans()[random_.below(2)]);
    ++story_.reloads;
  }
  if (random_.once_in(400) && !process.is_finishing) {
    process.is_finishing = true;
    process.line->finish();
  }
  step_part(process);
}

void World::step_part(Process& process) {
  switch (random_.below(5)) {
    case 0:
    case 1: process.line->step_worker(random_.below(workers_)); break;
    case 2: process.is_over = !process.line->step_committer(Duration(0)); break;
    case 3: process.line->step_source(0, Duration(0)); break;
    default: process.line->step_delivery(any_delivery(process), Duration(0));
  }
}

/// Where there is one nothing is drawn: seeds without a sink that is apart mean what they always have.
std::size_t World::any_delivery(const Process& process) {
  const std::size_t count = process.line->delivery_count();
  return count == 1 ? 0 : random_.below(count);
}

void World::change_world() {
  switch (random_.below(6)) {
    case 0: clock_.jump(std::chrono::seconds(static_cast<std::int64_t>(random_.below(7200)) - 3600)); break;
    case 1: mood_.is_full = random_.once_in(2); break;
    case 2: mood_.error_rate = random_.below(3) * 10; break;
    case 3: mood_.crash_rate = random_.below(3) * 15; break;
    case 4: target_down_ = random_.once_in(2); break;
    default:
      if (random_.once_in(3)) {
        broker_.overtake();
      } else if (broker_.partitions().size() < 5) {
        broker_.add_partition();
      }
  }
}

/// The trouble is over: everything has to arrive.
void World::be_calm() {
  mood_ = {};
  target_down_ = false;
  crashes_at_points_ = false;
  Process process(*this);
  std::uint64_t rounds = 0;
  for (; rounds < calm_rounds_max && !is_settled(process); ++rounds) {
    clock_.move(std::chrono::milliseconds(20));
    step_part(process);
  }
  if (rounds == calm_rounds_max) complain("something never arrives");
  process.line->finish();
  for (rounds = 0; rounds < calm_rounds_max && !process.is_over; ++rounds) {
    clock_.move(std::chrono::milliseconds(20));
    step_part(process);
  }
  if (!process.is_over) complain("the line does not end");
}

bool World::is_settled(const Process& process) const {
  const auto status = process.line->status();
  const auto source = status->sources.find("sim");
  if (source == status->sources.end() || status->outbox_pending > 0) return false;
  for (std::size_t i = 0; i < broker_.partitions().size(); ++i) {
    const auto known = source->second.partitions.find(partition_id(i));
    const auto end = static_cast<std::int64_t>(broker_.partitions()[i].messages.size());
    if (known == source->second.partitions.end() || known->second.next_offset < end) return false;
  }
  return true;
}

void World::check() {
  SimStore disk(disk_, mood_, random_);
  CommittedState state;
  const auto pairs = disk.scan("", state_end(), ~std::size_t{0});
  for (const auto& [key, value] : *pairs) {
    const Status decoded = decode_state(key, value, state);
    ENSURE(decoded.has_value(), "the disk of a simulation can be read");
  }
  const OutcomeTotals& totals = state.totals["sim"];
  story_.records = broker_.produced();
  story_.gap_records = totals.gap_records;
  if (totals.evaluated + totals.dead_letters + totals.gap_records != broker_.produced()) {
    complain(std::to_string(broker_.produced()) + " records were produced; " +
             std::to_string(totals.evaluated) + " were evaluated, " + std::to_string(totals.dead_letters) +
             " are dead letters, " + std::to_string(totals.gap_records) + " are lost");
  }
  check_alerts();
  check_dead_letters();
}

/// Against one lane that reads everything undisturbed.
void World::check_alerts() {
  std::map<std::string, std::string> must;  // alert id to what it is about
  std::set<std::string> may;  // of records that retention deleted, perhaps before they were read
  for (std::size_t i = 0; i < broker_.partitions().size(); ++i) {
    const auto& partition = broker_.partitions()[i];
    const PartitionId id = partition_id(i);
    Lane lane(plans()[0], plans()[0]->source(), UntimedEvents::stay_untimed);
    LaneOutput output;
    for (std::size_t offset = 0; offset < partition.messages.size(); ++offset) {
      const auto& message = partition.messages[offset];
      const Record record{
          {id.source, id.topic, id.number, static_cast<std::int64_t>(offset), message.timestamp},
          message.bytes,
          false,
          std::nullopt};
      lane.evaluate({&record, 1}, output);
      for (const Alert& alert : output.alerts) {
        if (static_cast<std::int64_t>(offset) < partition.first) may.insert(alert.id);
        must.emplace(alert.id, id.topic + "/" + std::to_string(i) + "/" + std::to_string(offset));
      }
    }
  }
  story_.alerts = must.size();
  for (const Arrivals* arrivals : {&alerts_, &copies_}) {
    std::map<std::string, std::uint64_t> sequence_of;
    std::map<std::uint64_t, std::string> payload_of;
    for (const OutboxEntry& entry : *arrivals) {
      if (!must.contains(entry.key)) complain("an alert that nobody expects: " + entry.payload);
      const auto [known, is_new] = sequence_of.emplace(entry.key, entry.sequence);
      if (!is_new) ++story_.repeats;
      if (known->second != entry.sequence) complain("committed twice: " + entry.payload);
      if (payload_of.emplace(entry.sequence, entry.payload).first->second != entry.payload)
        complain("told in other words the second time: " + entry.payload);
    }
    for (const auto& [alert, place] : must) {
      if (!sequence_of.contains(alert) && !may.contains(alert)) complain("no alert for " + place);
    }
  }
}

void World::check_dead_letters() {
  std::map<std::string, std::uint64_t> sequence_of;
  for (const OutboxEntry& entry : dead_letters_) {
    if (sequence_of.emplace(entry.key, entry.sequence).first->second != entry.sequence)
      complain("a dead letter that was committed twice: " + entry.key);
  }
  for (std::size_t i = 0; i < broker_.partitions().size(); ++i) {
    const auto& partition = broker_.partitions()[i];
    for (std::size_t offset = 0; offset < partition.messages.size(); ++offset) {
      const bool is_garbage = kind_of(partition.messages[offset].bytes) == MessageKind::garbage;
      const std::string key = "sim/events/" + std::to_string(i) + "/" + std::to_string(offset);
      if (sequence_of.contains(key) && !is_garbage) complain("a dead letter for a sound record: " + key);
      if (!sequence_of.contains(key) && is_garbage && static_cast<std::int64_t>(offset) >= partition.first)
        complain("no dead letter for " + key);
    }
  }
}

}  // namespace alarum::simulation
