#include "daemon/demo/story.h"

#include "daemon/base/json_writer.h"

#include <algorithm>

namespace alarum::demo {
namespace {

constexpr Timestamp story_begins{1767340800LL * 1'000'000};  // 2026-01-02T08:00:00Z
constexpr std::int64_t step_microseconds = 400'000;

/// When background event number `index` happens. Draws from the index alone, so that leaving an attack out
/// moves nothing.
Timestamp time_of(std::size_t index, std::uint64_t seed) {
  Random random(seed ^ (index * 2 + 1));
  const auto jitter = static_cast<std::int64_t>(random.below(step_microseconds));
  return {story_begins.microseconds + static_cast<std::int64_t>(index) * step_microseconds + jitter};
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 10 && (text.size() == 1 || text.front() != '0') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string line_of(const StoryEvent& event, const StoryField& host, Timestamp time) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("@timestamp").text(format_time(time)).key(host.name).text(host.value);
  for (const StoryField& field : event.fields) {
    json.key(field.name);
    if (is_number(field.value)) {
      json.raw(field.value);
    } else {
      json.text(field.value);
    }
  }
  json.end_object();
  return out;
}

bool is_of_category(const StoryEvent& event, std::string_view category) {
  return category.empty() ||
         std::any_of(event.fields.begin(), event.fields.end(), [&](const StoryField& field) {
           return field.name == "event_kind" && field.value == category;
         });
}

class Teller {
 public:
  Teller(const StoryOptions& options, const std::function<bool(std::string_view)>& take)
      : options_(options), platform_(*options.platform), take_(take) {}

  void tell() {
    const std::size_t count = platform_.attacks.size();
    std::size_t next_attack = 0;
    for (std::size_t i = 0; i < options_.events && !done_; ++i) {
      // Attacks are spread evenly over the day.
      while (next_attack < count && i * (count + 1) >= (next_attack + 1) * options_.events)
        attack(next_attack++, i);
      Random random(options_.seed ^ (i * 2));
      const StoryEvent& event = random.pick(std::span<const StoryEvent>(platform_.background));
      write(event, random.pick(std::span<const std::string_view>(platform_.hosts)),
            time_of(i, options_.seed));
    }
    while (next_attack < count && !done_) attack(next_attack++, options_.events);
  }

 private:
  void attack(std::size_t number, std::size_t index) {
    const Attack& attack = platform_.attacks[number];
    const auto& without = options_.without;
    if (std::find(without.begin(), without.end(), attack.name) != without.end()) return;
    const std::string_view host = platform_.hosts[number % platform_.hosts.size()];
    for (const StoryEvent& event : attack.events) write(event, host, time_of(index, options_.seed));
  }

  void write(const StoryEvent& event, std::string_view host, Timestamp time) {
    if (!done_ && is_of_category(event, options_.category))
      done_ = !take_(line_of(event, {platform_.host_field, host}, time));
  }

  const StoryOptions& options_;
  const Platform& platform_;
  const std::function<bool(std::string_view)>& take_;
  bool done_ = false;
};

}  // namespace

void write_story(const StoryOptions& options, const std::function<bool(std::string_view line)>& take) {
  Teller(options, take).tell();
}

}  // namespace alarum::demo
