#include "daemon/demo/story.h"

#include <algorithm>

namespace alarum::demo {
namespace {

/// So that an attack is not one block, which no log shows.
constexpr std::uint64_t attack_step_distance = 5;

std::vector<Attack> all_attacks() {
  std::vector<Attack> out;
  for (const Platform platform : platforms) {
    for (const AttackScript& script : script_of(platform).attacks) out.push_back(script.attack);
  }
  return out;
}

}  // namespace

const std::vector<Attack>& attacks() {
  static const std::vector<Attack> all = all_attacks();
  return all;
}

Story::Story(std::uint64_t seed) : seed_(seed) {
  for (const Platform platform : platforms) stream_of(platform).script = script_of(platform);
}

bool Story::is_attack_under_way() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const Stream& stream) { return !stream.steps_left.empty(); });
}

bool Story::begin(std::string_view attack) {
  for (Stream& stream : streams_) {
    for (const AttackScript& script : stream.script.attacks) {
      if (script.attack.name != attack || !stream.steps_left.empty()) continue;
      stream.steps_left = script.steps;
      stream.step_position = stream.position;
      return true;
    }
  }
  return false;
}

StoryEvent Story::next(Platform platform, Timestamp now) {
  Stream& stream = stream_of(platform);
  // Each platform draws numbers of its own, so that no stream is another's in disguise.
  Scene scene{now, stream.position, Random(seed_ + static_cast<std::uint64_t>(platform), stream.position)};
  const bool is_attack = !stream.steps_left.empty() && stream.position == stream.step_position;
  ++stream.position;
  if (!is_attack) return everyday_event(stream.script, scene);
  const EventMaker make = stream.steps_left.front();
  stream.steps_left = stream.steps_left.subspan(1);
  stream.step_position += attack_step_distance;
  return make(scene);
}

}  // namespace alarum::demo
