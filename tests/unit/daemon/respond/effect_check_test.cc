#include "daemon/respond/effect_check.h"

#include "daemon/base/ensure.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

constexpr std::int64_t day = 86'400;

Timestamp at(std::int64_t second) { return {1767323045'000000 + second * 1'000'000}; }

IpNetwork network(std::string_view text) {
  const auto out = IpNetwork::parse(text);
  ENSURE(out.has_value(), "the network of a test is one");
  return *out;
}

/// A block of the incident `i` from second 0 on, for 15 minutes.
WatchedBlock block(const std::string& action, std::string_view target = "192.0.2.7") {
  return {action, "i", "web", network(target), at(0), at(900)};
}

/// Blocks, what is seen of them, and the words for what becomes known: `a ineffective 6`, in seconds.
struct EffectWorld {
  explicit EffectWorld(std::vector<WatchedBlock> blocks) {
    check.watch(std::move(blocks));
    told(0);  // from here on the source is watched
  }
  EffectWorld& see(std::string_view target, std::int64_t second, const std::string& source = "web") {
    hits[source][network(target)].merge({1, at(second)});
    check.take(source, hits[source]);
    return *this;
  }
  /// What becomes known at `second`, when the source has told everything until then.
  std::string told(std::int64_t second) { return told(second, {{"web", at(second)}}); }
  std::string told(std::int64_t second, const EffectCheck::Heard& heard) {
    std::string out;
    for (const EffectVerdict& verdict : check.look(at(second), heard)) {
      const std::int64_t verdict_second = (verdict.at.microseconds - at(0).microseconds) / 1'000'000;
      out += (out.empty() ? "" : ", ") + verdict.action_id + " " + std::string(effect_name(verdict.kind)) +
             " " + std::to_string(verdict_second);
    }
    return out;
  }

  EffectCheck check{{}};
  std::map<std::string, WatchHits> hits;
};

}  // namespace

TEST_CASE("a block after which its target still comes is ineffective, and that is said once") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", 6).told(7) == "a ineffective 6");
  CHECK(world.see("192.0.2.7", 8).told(9).empty());
}

TEST_CASE("events that were on their way when the block began do not make it ineffective") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", 5).told(30).empty());
}

TEST_CASE("an incident is contained since the last event of its target, once the source was quiet about it") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", 5).told(64).empty());
  CHECK(world.told(65) == "a contained 5");
  CHECK(world.told(200).empty());
}

TEST_CASE("an incident whose target never came again is contained since the block") {
  EffectWorld world({block("a")});
  CHECK(world.told(59).empty());
  CHECK(world.told(60) == "a contained 0");
}

TEST_CASE("as long as events of the target come, its incident is not contained") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", 50).told(51) == "a ineffective 50");
  CHECK(world.see("192.0.2.7", 100).told(109).empty());
  CHECK(world.told(159).empty());
  CHECK(world.told(160) == "a contained 100");
}

TEST_CASE("a target that comes back into a block is ineffective after it was contained") {
  EffectWorld world({block("a")});
  CHECK(world.told(60) == "a contained 0");
  CHECK(world.see("192.0.2.7", 300).told(301) == "a ineffective 300");
  CHECK(world.told(500).empty());
}

TEST_CASE("an incident waits for the last of its targets, and for no other incident") {
  WatchedBlock other = block("c", "192.0.2.9");
  other.incident_id = "j";
  EffectWorld world({block("a"), block("b", "192.0.2.8"), other});
  CHECK(world.see("192.0.2.8", 30).see("192.0.2.9", 500).told(61) == "b ineffective 30, c ineffective 61");
  CHECK(world.told(90) == "b contained 30");
}

TEST_CASE("an incident whose alerts go on behind its blocks is not contained until a later block") {
  WatchedBlock first = block("a");
  first.alerted = at(6);
  EffectWorld world({first});
  CHECK(world.told(500).empty());

  WatchedBlock later = block("b", "192.0.2.8");
  later.begun = at(520);
  later.alerted = at(6);
  world.check.watch({first, later});
  CHECK(world.told(520).empty());
  CHECK(world.told(580) == "b contained 520");
}

TEST_CASE(
    "an alert of events that were on their way when the block began keeps nothing from being contained") {
  WatchedBlock one = block("a");
  one.alerted = at(5);
  CHECK(EffectWorld({one}).told(60) == "a contained 0");
}

TEST_CASE("an incident is not contained while another of its blocks is to come") {
  WatchedBlock one = block("a");
  one.is_incomplete = true;
  EffectWorld world({one});
  CHECK(world.told(100).empty());
  world.check.watch({block("a")});
  CHECK(world.told(101) == "a contained 0");
}

TEST_CASE("of an incident that is contained already nothing is said again") {
  WatchedBlock one = block("a");
  one.is_contained = true;
  CHECK(EffectWorld({one}).told(500).empty());
  EffectCheck check{{}};
  check.watch({one});
  CHECK(check.look(at(day), {}).empty());
}

TEST_CASE("silence of a source is not silence of the target, and somebody hears of it") {
  EffectWorld world({block("a")});
  CHECK(world.told(299, {{"web", at(20)}}).empty());
  CHECK(world.told(300, {{"web", at(20)}}) == "a unheard 20");
  CHECK(world.told(day, {{"web", at(20)}}).empty());
  CHECK(world.told(day, {{"web", at(60)}}) == "a contained 0");
}

TEST_CASE("of a source that never told anything nothing is known") {
  EffectCheck check{{}};
  check.watch({block("a")});
  const auto verdicts = check.look(at(300), {});
  CHECK(verdicts == std::vector<EffectVerdict>{{"a", "i", EffectVerdict::Kind::unheard, at(0)}});
}

TEST_CASE("a source that lags contains nothing until it has told of the time after the block") {
  EffectWorld world({block("a")});
  CHECK(world.told(200, {{"web", at(-500)}}).empty());
  CHECK(world.see("192.0.2.7", 10).told(201, {{"web", at(12)}}) == "a ineffective 10");
  CHECK(world.told(250, {{"web", at(69)}}).empty());
  CHECK(world.told(251, {{"web", at(70)}}) == "a contained 10");
}

TEST_CASE("what other sources say of the target does not count, such as what a firewall dropped") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", 30, "firewall").told(60, {{"web", at(60)}, {"firewall", at(60)}}) ==
        "a contained 0");
}

TEST_CASE("a block that a person wants is watched in all sources, and contains no incident") {
  WatchedBlock by_hand = block("a");
  by_hand.incident_id = by_hand.source = "";
  EffectWorld world({by_hand});
  CHECK(world.told(day).empty());
  CHECK(world.see("192.0.2.7", 30, "windows").told(day) == "a ineffective 30");
}

TEST_CASE("a block without a source hears of the slowest one") {
  WatchedBlock anywhere = block("a");
  anywhere.source = "";
  EffectWorld world({anywhere});
  CHECK(world.told(60, {{"web", at(60)}, {"windows", at(59)}}).empty());
  CHECK(world.told(61, {{"web", at(61)}, {"windows", at(60)}}) == "a contained 0");
}

TEST_CASE("times from the future count as now: they neither contain nor are told") {
  EffectWorld world({block("a")});
  CHECK(world.told(10, {{"web", at(365 * day)}}).empty());
  CHECK(world.told(59, {{"web", at(365 * day)}}).empty());
  CHECK(world.see("192.0.2.7", 500).told(60) == "a ineffective 60");
  CHECK(world.see("192.0.2.7", 365 * day).told(559).empty());
  CHECK(world.told(560) == "a contained 500");
}

TEST_CASE("hits of a time before the block, or after it, say nothing of it") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", -1).told(59).empty());
  CHECK(world.told(60) == "a contained 0");

  EffectWorld over({block("a")});
  CHECK(over.see("192.0.2.7", 900).told(950) == "a contained 0");
}

TEST_CASE("a block that ends before its target was quiet for long enough contains nothing") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", 850).told(899) == "a ineffective 850");
  CHECK(world.told(day).empty());
}

TEST_CASE("after a block that contained nothing the next one of the same target decides") {
  WatchedBlock again = block("b");
  again.begun = at(1000);
  again.until = at(2800);
  EffectWorld world({block("a"), again});
  CHECK(world.see("192.0.2.7", 899).told(1001) == "a ineffective 899");
  CHECK(world.told(1059).empty());
  CHECK(world.told(1060) == "b contained 1000");
}

TEST_CASE("an incident waits for a block that is over and was never quiet") {
  WatchedBlock ended = block("a", "192.0.2.8");
  ended.until = at(30);
  EffectWorld world({ended, block("b")});
  CHECK(world.told(500).empty());

  world.check.watch({block("b")});  // the other one is not waited for any more
  CHECK(world.told(501) == "b contained 0");
}

TEST_CASE("a network is watched as a whole, and an address in it for itself, in either spelling") {
  EffectWorld world({block("wide", "192.0.2.0/24"), block("narrow", "::ffff:192.0.2.7")});
  const auto list = world.check.list();
  std::vector<std::string> watched;
  list->for_each(*IpAddress::parse("192.0.2.7"),
                 [&](std::size_t number) { watched.push_back(list->entries()[number].network.to_text()); });
  CHECK(watched == std::vector<std::string>{"192.0.2.7", "192.0.2.0/24"});
  CHECK(world.see("192.0.2.0/24", 30).told(60) == "wide ineffective 30");
  CHECK(world.told(90) == "wide contained 30");
}

TEST_CASE("what is known of a block stays when others come and go; the list changes only with them") {
  EffectWorld world({block("a")});
  CHECK(world.see("192.0.2.7", 30).told(31) == "a ineffective 30");
  const auto list = world.check.list();
  world.check.watch({block("a")});
  CHECK(world.check.list() == list);

  world.check.watch({block("a"), block("b", "192.0.2.8")});
  CHECK(world.check.list() != list);
  CHECK(world.told(90).empty());
  CHECK(world.told(149).empty());  // the other one is watched since 90 only
  CHECK(world.told(150) == "a contained 30");
}

TEST_CASE("a block that is taken back is forgotten") {
  EffectWorld world({block("a")});
  world.check.watch({});
  CHECK(world.check.list()->is_empty());
  CHECK(world.see("192.0.2.7", 30).told(day).empty());
}

TEST_CASE("after a restart silence is measured from what the source tells then") {
  WatchedBlock known = block("a");
  known.is_ineffective = true;
  known.seen_at = at(200);
  EffectCheck check{{}};
  check.watch({known});
  CHECK(check.look(at(400), {{"web", at(400)}}).empty());
  CHECK(check.look(at(459), {{"web", at(459)}}).empty());
  CHECK(check.look(at(460), {{"web", at(460)}}) ==
        std::vector<EffectVerdict>{{"a", "i", EffectVerdict::Kind::contained, at(200)}});

  check.take("web", {{network("192.0.2.7"), {1, at(470)}}});
  CHECK(check.look(at(471), {{"web", at(471)}}).empty());  // that it is ineffective was said before
}

TEST_CASE("of more blocks than fit the newest are watched, and incidents of the others are not contained") {
  std::vector<WatchedBlock> blocks;
  for (std::size_t i = 0; i < WatchList::entries_max + 2; ++i) {
    WatchedBlock one =
        block("a" + std::to_string(i), "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256));
    one.begun = Timestamp{at(0).microseconds + static_cast<std::int64_t>(i)};
    one.incident_id = i < 3 ? "old" : "new";
    blocks.push_back(one);
  }
  EffectWorld world(std::move(blocks));
  CHECK(world.check.left_out() == 2);
  CHECK(world.check.list()->entries().size() == WatchList::entries_max);
  CHECK_FALSE(world.check.list()->has(network("10.0.0.1")));
  CHECK(world.check.list()->has(network("10.0.0.2")));
  CHECK(world.told(61) == "a" + std::to_string(WatchList::entries_max + 1) + " contained 0");
}

}  // namespace alarum
