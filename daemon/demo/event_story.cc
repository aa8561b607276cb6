#include "daemon/demo/event_story.h"

#include "daemon/demo/linux_events.h"
#include "daemon/demo/story_step.h"

#include <algorithm>

namespace alarum::demo {
namespace {

constexpr Timestamp story_begin{1'767'340'800'000'000};  // 2026-01-02T08:00:00Z
constexpr std::uint64_t step_milliseconds_max = 4000;

/// The attacks stand evenly between the background events: the same number before, between and after them.
std::uint64_t attack_position(std::size_t attack, std::size_t attack_count, std::uint64_t events) {
  return attack + (attack + 1) * events / (attack_count + 1);
}

bool is_left_out(const StoryOptions& options, std::string_view attack) {
  return std::find(options.without.begin(), options.without.end(), attack) != options.without.end();
}

/// Walks through the whole story, also through what is not told: a step's time and content depend on the seed
/// and its position alone.
class Teller {
 public:
  explicit Teller(const StoryOptions& options) : options_(options), script_(script_of(options.platform)) {}

  void tell(const std::function<bool(std::string_view line)>& take) {
    const std::uint64_t steps = options_.events + script_.attacks.size();
    for (std::uint64_t position = 0; position < steps; ++position) {
      Scene scene = next_scene(position);
      const AttackStep* const attack = attack_at(position);
      if (attack != nullptr && is_left_out(options_, attack->attack.name)) continue;
      const StoryEvent event = attack != nullptr ? attack->make(scene) : everyday_event(script_, scene);
      const bool is_wanted = options_.category.empty() || event.category == options_.category;
      if (is_wanted && !take(event.line)) return;
    }
  }

 private:
  Scene next_scene(std::uint64_t position) {
    Scene scene{time_, position, Random(options_.seed, position)};
    const std::uint64_t milliseconds = 1 + scene.random.below(step_milliseconds_max);
    time_.microseconds += static_cast<std::int64_t>(milliseconds * 1000);
    scene.time = time_;
    return scene;
  }

  /// The attack whose turn it is, or null.
  const AttackStep* attack_at(std::uint64_t position) {
    const std::size_t count = script_.attacks.size();
    if (attacks_passed_ == count) return nullptr;
    if (position != attack_position(attacks_passed_, count, options_.events)) return nullptr;
    return &script_.attacks[attacks_passed_++];
  }

  const StoryOptions& options_;
  Script script_;
  Timestamp time_ = story_begin;
  std::size_t attacks_passed_ = 0;
};

std::vector<Attack> all_attacks() {
  std::vector<Attack> out;
  for (const Platform platform : platforms) {
    for (const AttackStep& step : script_of(platform).attacks) out.push_back(step.attack);
  }
  return out;
}

}  // namespace

std::string_view platform_name(Platform platform) {
  switch (platform) {
    case Platform::windows_hosts: return "windows";
    case Platform::linux_hosts: return "linux";
    case Platform::web_servers: return "web";
  }
  return "";
}

const std::vector<Attack>& attacks() {
  static const std::vector<Attack> all = all_attacks();
  return all;
}

const std::vector<std::string_view>& categories() {
  static const std::vector<std::string_view> all = {linux_process_creation, linux_file_event};
  return all;
}

void write_story(const StoryOptions& options, const std::function<bool(std::string_view line)>& take) {
  Teller(options).tell(take);
}

}  // namespace alarum::demo
