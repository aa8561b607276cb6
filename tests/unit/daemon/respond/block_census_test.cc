#include "daemon/respond/block_census.h"

#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

#include <array>
#include <limits>
#include <random>
#include <string>

namespace alarum {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::LedgerWorld;

const Timestamp now = test::after(100'000);

Timestamp before(Duration span) { return {now.microseconds - span.count()}; }

/// The slow twin: each count anew for each proposal, by SQL.
constexpr std::string_view count_recent =
    "SELECT count(*), coalesce(sum(intended_us > ?3), 0), coalesce(sum(rule_id = ?4 AND ?4 <> ''), 0),"
    " coalesce(sum(source = ?5 AND ?5 <> ''), 0) FROM actions WHERE nature = 'blocking' AND intended_us > ?2"
    " AND action_id <> ?1 AND state NOT IN ('denied', 'expired') AND (state <> 'shadow' OR intended_us > ?6)";
constexpr std::string_view count_active =
    "SELECT count(DISTINCT target_key), count(DISTINCT iif(begun > ?4, target_key, NULL)),"
    " coalesce(max(target_key = ?3), 0) FROM (SELECT target_key, iif(state = 'shadow', 0, begun_us) AS begun"
    " FROM actions WHERE state IN ('done', 'shadow') AND until_us > ?2 AND action_id <> ?1 AND (state <>"
    " 'shadow' OR intended_us > ?5) UNION ALL SELECT target_key, iif(state = 'undoing', begun_us, ?2) FROM"
    " actions WHERE nature = 'blocking' AND state IN ('intent', 'executing', 'undoing') AND action_id <> ?1)";

struct Counts {
  std::array<std::uint64_t, 7> all;
  bool operator==(const Counts& other) const { return all == other.all; }
};

std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  for (const std::uint64_t one : counts.all) out << one << ' ';
  return out;
}

struct CensusWorld : LedgerWorld {
  void insert(const StoredAction& action, std::optional<Timestamp> begun) {
    const std::string_view nature = nature_name(action.nature);
    REQUIRE(
        database()
            .run("INSERT INTO actions (action_id, rule_id, source, playbook, step_id, responder, nature,"
                 " target_type, target, target_key, repeat, due_us, expires_us, needs, state, next_us,"
                 " intended_us, begun_us, until_us) VALUES (?, ?, ?, 'p', 's', 'r', ?, '', '', ?, 0, 0, 0,"
                 " '', ?, 0, ?, ?, ?)",
                 {action.id, action.rule_id, action.source, nature, action.target_key,
                  action_state_name(action.state), action.intended, begun, action.until})
            .has_value());
  }

  Counts by_sql(const StoredAction& block) {
    const Timestamp reset{number("SELECT at_us FROM breaker_reset")};
    const bool is_shadow = block.state == ActionState::shadow;
    const Timestamp shadow = is_shadow ? reset : Timestamp{std::numeric_limits<std::int64_t>::max()};
    auto recent = database().rows(
        count_recent, {block.id, before(hours(1)), before(minutes(1)), block.rule_id, block.source, shadow});
    auto active =
        database().rows(count_active, {block.id, now, block.target_key, before(clients_window), shadow});
    REQUIRE((recent.has_value() && *recent->next() && active.has_value() && *active->next()));
    Counts out{};
    for (int i = 0; i < 4; ++i) out.all[i] = static_cast<std::uint64_t>(recent->number(i));
    for (int i = 0; i < 3; ++i) out.all[4 + i] = static_cast<std::uint64_t>(active->number(i));
    return out;
  }
};

Counts counts(const BlockCensus& census, const StoredAction& block) {
  const BlockCounters found = census.counters_for(block);
  return {{found.within_hour, found.within_minute, found.rule_within_hour, found.source_within_hour,
           found.active, found.clients_blocked, found.is_blocked ? 1U : 0U}};
}

/// Blocks of all states and ages, few targets, rules and sources, so that they share them.
class Blocks {
 public:
  explicit Blocks(unsigned seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t end) {
    return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random_);
  }
  Timestamp lately(std::uint64_t minutes_max) { return before(minutes(below(minutes_max))); }

  StoredAction next() {
    StoredAction out;
    out.id = "a" + std::to_string(++count_);
    out.nature = below(10) == 0 ? ResponderNature::running : ResponderNature::blocking;
    out.rule_id = one_of("r");
    out.source = one_of("s");
    out.target_key = "t" + std::to_string(below(30));
    out.state = action_states[below(action_states.size())];
    out.intended = lately(90);
    if (out.nature == ResponderNature::blocking && below(5) != 0)
      out.until = Timestamp{now.microseconds + Duration(minutes(60)).count() -
                            static_cast<std::int64_t>(below(120)) * 60'000'000};
    return out;
  }

 private:
  std::string one_of(const std::string& prefix) {
    const std::uint64_t which = below(4);
    return which == 0 ? "" : prefix + std::to_string(which);
  }

  std::mt19937_64 random_;
  unsigned count_ = 0;
};

}  // namespace

TEST_CASE("a census counts what SQL counts, also of what was decided on since") {
  const unsigned seed = GENERATE(range(1U, 9U));
  INFO("seed " << seed);
  CensusWorld world;
  Blocks blocks(seed);
  REQUIRE(world.database()
              .run("INSERT OR REPLACE INTO breaker_reset VALUES (1, ?)", {blocks.lately(60)})
              .has_value());
  std::vector<StoredAction> known;
  for (int i = 0; i < 200; ++i) {
    known.push_back(blocks.next());
    world.insert(known.back(), blocks.below(3) == 0 ? std::nullopt : std::optional(blocks.lately(20)));
  }
  auto real = BlockCensus::take(world.database(), now, BlockCensus::Shadow::left_out);
  auto shadow = BlockCensus::take(world.database(), now, BlockCensus::Shadow::counted);
  REQUIRE((real.has_value() && shadow.has_value()));
  const auto counted = [&](const StoredAction& block) {
    return counts(block.state == ActionState::shadow ? *shadow : *real, block);
  };

  for (int i = 0; i < 60; ++i) {
    StoredAction proposal = blocks.next();
    proposal.nature = ResponderNature::blocking;
    proposal.intended = now;
    proposal.state = blocks.below(2) == 0 ? ActionState::intent : ActionState::shadow;
    CHECK(counted(proposal) == world.by_sql(proposal));
    const StoredAction& one = known[blocks.below(known.size())];  // that is counted itself
    CHECK(counted(one) == world.by_sql(one));
    world.insert(proposal, std::nullopt);
    real->add(proposal);
    shadow->add(proposal);
  }
}

}  // namespace alarum
