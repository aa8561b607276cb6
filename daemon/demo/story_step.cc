#include "daemon/demo/story_step.h"

#include "daemon/demo/linux_events.h"
#include "daemon/demo/web_events.h"
#include "daemon/demo/windows_events.h"

#include <array>

namespace alarum::demo {
namespace {

void replace(std::string& text, std::string_view mark, std::string_view value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
    text.replace(at, mark.size(), value);
  }
}

constexpr std::array<std::string_view, 8> file_words = {"offer",    "minutes", "budget",  "roadmap",
                                                        "contract", "invoice", "holiday", "inventory"};

}  // namespace

std::string_view platform_name(Platform platform) {
  switch (platform) {
    case Platform::windows_hosts: return "windows";
    case Platform::linux_hosts: return "linux";
    case Platform::web_servers: return "web";
  }
  return "";
}

Script script_of(Platform platform) {
  switch (platform) {
    case Platform::windows_hosts: return windows_script();
    case Platform::linux_hosts: return linux_script();
    case Platform::web_servers: return web_script();
  }
  return {};
}

StoryEvent everyday_event(const Script& script, Scene& scene) {
  return pick_weighted(script.background, scene.random).make(scene);
}

std::string filled(std::string_view pattern, std::string_view user, Random& random) {
  // Drawn even where the pattern has no use for it: every pattern costs the same numbers.
  const std::string_view word = random.pick(std::span<const std::string_view>(file_words));
  const std::uint64_t number = 10'000 + random.below(90'000);
  std::string out(pattern);
  replace(out, "{user}", user);
  replace(out, "{word}", word);
  replace(out, "{number}", std::to_string(number));
  return out;
}

}  // namespace alarum::demo
