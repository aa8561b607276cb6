#include "daemon/demo/story.h"

#include "daemon/event/json_decoder.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alarum::demo {
namespace {

using Lines = std::vector<std::string>;

Lines tell(const StoryOptions& options) {
  Lines out;
  write_story(options, [&](std::string_view line) {
    out.emplace_back(line);
    return true;
  });
  return out;
}

StoryOptions short_story(const Platform& platform) {
  StoryOptions out;
  out.platform = &platform;
  out.events = 300;
  return out;
}

Lines sorted(Lines lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::size_t events_of(const Attack& attack) { return attack.events.size(); }

TEST_CASE("the story is the same for the same seed, and another for another") {
  StoryOptions options = short_story(windows_platform());
  const Lines first = tell(options);

  CHECK(tell(options) == first);
  options.seed = 2;
  CHECK(tell(options) != first);
}

TEST_CASE("leaving an attack out removes its lines and changes no other") {
  const Platform* const platform = GENERATE(&windows_platform(), &linux_platform());
  const Lines whole = sorted(tell(short_story(*platform)));
  for (const Attack& attack : platform->attacks) {
    StoryOptions options = short_story(*platform);
    options.without = {std::string(attack.name)};
    const Lines rest = sorted(tell(options));

    CHECK(rest.size() + events_of(attack) == whole.size());
    CHECK(std::includes(whole.begin(), whole.end(), rest.begin(), rest.end()));
  }
}

TEST_CASE("every line is an event in one line, and times go forward") {
  const Platform* const platform = GENERATE(&windows_platform(), &linux_platform());
  JsonDecoder decoder({});
  JsonDocument document;
  const Lines lines = tell(short_story(*platform));
  for (const std::string& line : lines) {
    CHECK_FALSE(decoder.decode(line, document).has_value());
    CHECK(line.find('\n') == std::string::npos);
    CHECK_FALSE(document.has_duplicate_name);
  }
  CHECK(std::is_sorted(lines.begin(), lines.end(), [](const std::string& left, const std::string& right) {
    return left.substr(0, 43) < right.substr(0, 43);  // {"@timestamp":"2026-01-02T08:00:00.000000Z"
  }));
}

TEST_CASE("a category keeps only its events, attacks among them") {
  StoryOptions options = short_story(linux_platform());
  options.category = "file_event";
  const Lines files = tell(options);
  options.category = "process_creation";
  const Lines processes = tell(options);

  options.category = "";
  CHECK(files.size() + processes.size() == tell(options).size());
  CHECK(std::none_of(files.begin(), files.end(),
                     [](const std::string& line) { return line.find("CommandLine") != std::string::npos; }));
}

TEST_CASE("the story ends where nobody takes its lines any more") {
  std::size_t lines = 0;
  write_story(short_story(windows_platform()), [&](std::string_view) { return ++lines < 7; });
  CHECK(lines == 7);
}

}  // namespace
}  // namespace alarum::demo
