#include "daemon/demo/story.h"

#include "daemon/base/file.h"
#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

namespace alarum::demo {
namespace {

constexpr Timestamp noon{1'767'355'200'000'000};  // 2026-01-02T12:00:00Z

/// Every shipped rule, as one text.
std::string shipped_rules() {
  std::string out;
  const std::vector<std::string> paths = *list_files(ALARUM_SHIPPED_RULES, Depth::tree);
  for (const std::string& path : paths) {
    out += *read_file(path, 100'000) + "\n---\n";
  }
  return out;
}

/// The log source that an event of a stream is to be read with.
std::string log_source_of(Platform platform, const StoryEvent& event) {
  switch (platform) {
    case Platform::windows_hosts: return "windows";
    case Platform::linux_hosts: return "product=linux,category=" + std::string(event.category);
    case Platform::web_servers: return "category=webserver";
  }
  return {};
}

/// A story in front of every shipped rule.
class WatchedStory {
 public:
  explicit WatchedStory(std::uint64_t seed = 1) : story(seed) {}

  /// Tells `count` events of a stream, a millisecond apart, and shows them to the rules.
  void tell(Platform platform, std::uint64_t count) {
    constexpr std::uint64_t batch_max = 1000;
    while (count > 0) {
      const std::uint64_t batch = std::min(count, batch_max);
      show(platform, batch);
      count -= batch;
    }
  }

  Story story;
  std::vector<std::string> fired;  ///< ids of the rules, in the order of the events
  std::uint64_t events = 0;        ///< that the rules saw

 private:
  void show(Platform platform, std::uint64_t count) {
    std::map<std::string, std::vector<std::string>> batches;
    for (std::uint64_t i = 0; i < count; ++i) {
      now_.microseconds += 1000;
      StoryEvent event = story.next(platform, now_);
      batches[log_source_of(platform, event)].push_back(std::move(event.line));
    }
    for (auto& [log_source, lines] : batches) {
      test::LaneWorld& lane = lanes_.try_emplace(log_source, log_source, rules_).first->second;
      lane.feed(std::move(lines));
      for (const std::uint32_t rule : lane.output.matches) fired.push_back(lane.plan().rules()[rule].id);
      events += lane.output.events;
    }
  }

  std::string rules_ = shipped_rules();
  std::map<std::string, test::LaneWorld> lanes_;
  Timestamp now_ = noon;
};

/// The next `count` lines of a stream.
std::vector<std::string> lines(Story& story, Platform platform, std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(story.next(platform, noon).line);
  return out;
}

/// The rules that fire when `attack` begins after some events and many follow.
std::vector<std::string> rules_fired_by(const Attack& attack) {
  WatchedStory watched;
  watched.tell(attack.platform, 500);
  REQUIRE(watched.fired.empty());
  REQUIRE(watched.story.begin(attack.name));
  watched.tell(attack.platform, 500);
  return watched.fired;
}

void check_quiet(Platform platform) {
  WatchedStory watched(20'260'102);
  watched.tell(platform, 50'000);

  CHECK(watched.fired.empty());
  CHECK(watched.events == 50'000);
  CHECK(watched.story.position(platform) == 50'000);
}

}  // namespace

TEST_CASE("each attack fires the rules that it names, each once, and no other") {
  for (const Attack& attack : attacks()) {
    INFO(attack.name);
    CHECK(rules_fired_by(attack) == std::vector<std::string>(attack.rules.begin(), attack.rules.end()));
  }
  CHECK(attacks().size() == 3);
}

TEST_CASE("50,000 everyday events of Windows fire no rule") { check_quiet(Platform::windows_hosts); }
TEST_CASE("50,000 everyday events of Linux fire no rule") { check_quiet(Platform::linux_hosts); }
TEST_CASE("50,000 everyday requests of web servers fire no rule") { check_quiet(Platform::web_servers); }

TEST_CASE("a story is the same for the same seed and another for another") {
  const Platform platform = GENERATE(Platform::windows_hosts, Platform::linux_hosts, Platform::web_servers);
  Story one(7);
  Story same(7);
  Story other(8);
  const std::vector<std::string> expected = lines(one, platform, 300);

  CHECK(lines(same, platform, 300) == expected);
  CHECK(lines(other, platform, 300) != expected);
}

TEST_CASE("how the streams of a story are interleaved changes none of them") {
  Story one(7);
  Story interleaved(7);
  const std::vector<std::string> expected = lines(one, Platform::web_servers, 50);

  std::vector<std::string> told;
  for (std::size_t i = 0; i < 50; ++i) {
    lines(interleaved, Platform::windows_hosts, i % 3);
    told.push_back(interleaved.next(Platform::web_servers, noon).line);
  }
  CHECK(told == expected);
}

TEST_CASE("an attack begins with the next event and changes no event that is not its own") {
  Story peaceful(7);
  Story attacked(7);
  const std::vector<std::string> expected = lines(peaceful, Platform::web_servers, 40);

  REQUIRE(attacked.begin("web-sql-injection"));
  const std::vector<std::string> told = lines(attacked, Platform::web_servers, 40);

  std::vector<std::size_t> differing;
  for (std::size_t i = 0; i < 40; ++i) {
    if (told[i] != expected[i]) differing.push_back(i);
  }
  CHECK(differing == std::vector<std::size_t>{0, 5, 10, 15});
}

TEST_CASE("an event of a story happens when its caller says, also where the clock was set back") {
  Story story(7);
  for (const Platform platform : platforms) {
    story.next(platform, noon);
    const std::string line = story.next(platform, parse_time("2026-01-02T11:59:59.5Z").value()).line;
    CHECK(line.starts_with(R"({"@timestamp":"2026-01-02T11:59:59.500000Z")"));
  }
}

TEST_CASE("an attack may begin again when it is over, and not before") {
  Story story(7);
  CHECK_FALSE(story.is_attack_under_way());
  CHECK(story.begin("reverse-shell"));
  CHECK(story.is_attack_under_way());
  CHECK_FALSE(story.begin("reverse-shell"));
  CHECK(story.begin("lsass-minidump"));  // of another platform

  lines(story, Platform::linux_hosts, 16);
  CHECK(story.is_attack_under_way());
  lines(story, Platform::windows_hosts, 16);
  CHECK_FALSE(story.is_attack_under_way());
  CHECK(story.begin("reverse-shell"));
  CHECK_FALSE(story.begin("no-such-attack"));
}

}  // namespace alarum::demo
