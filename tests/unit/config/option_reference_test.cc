#include "config/option_reference.h"

#include "config/settings.h"
#include "responders/responder_kinds.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace alarum {
namespace {

using Type = Option::Type;

const Section& some_section() {
  static const Section rules = {.options = {{.name = "paths",
                                             .type = Type::text_list,
                                             .default_value = {"/a", "b: c"},
                                             .help = "Where rules are."},
                                            {.name = "count",
                                             .type = Type::count,
                                             .default_value = {"5"},
                                             .min = 1,
                                             .max = 9,
                                             .help = "Some."}}};
  static const Section kafka = {.options = {
                                    {.name = "brokers",
                                     .type = Type::address_list,
                                     .is_required = true,
                                     .example = "[k:1]",
                                     .help = "Brokers."},
                                    {.name = "start",
                                     .type = Type::word,
                                     .default_value = {"now"},
                                     .words = {"now", "then"},
                                     .help = "When."},
                                }};
  static const Section source = {
      .options = {
          {.name = "name", .type = Type::name, .is_required = true, .example = "a", .help = "Name."},
          {.name = "kafka", .type = Type::section, .is_required = true, .section = &kafka, .help = "K."},
          {.name = "tape", .type = Type::section, .section = &kafka, .help = "T."}}};
  static const Section root = {
      .options = {{.name = "rules", .type = Type::section, .section = &rules, .help = "Rules."},
                  {.name = "sources", .type = Type::section_list, .section = &source, .help = "Sources."}}};
  return root;
}

/// The text with one comment mark less on each line that holds a key or begins an entry.
std::string uncommented(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    at += line.size() + 1;
    const std::size_t mark = line.find("# ");
    const std::size_t content = line.find_first_not_of(' ', mark + 1);
    const bool is_value =
        mark != std::string::npos && content != std::string::npos &&
        (line[content] == '-' || line[content] == '#' || (line[content] >= 'a' && line[content] <= 'z'));
    out += (is_value ? line.substr(0, mark) + line.substr(mark + 2) : line) + "\n";
  }
  return out;
}

void expect_defaults(const SectionValue& settings, const SectionValue& defaults) {
  for (const Setting& setting : settings.settings()) {
    const Setting& standard = *defaults.find(setting.option->name);
    CAPTURE(setting.option->name);
    if (setting.option->type == Type::section_list) {
      CHECK(setting.sections.size() == 1);
    } else if (setting.option->type == Type::section) {
      expect_defaults(setting.sections.front(), standard.sections.front());
    } else if (!setting.option->default_value.empty()) {
      CHECK(setting.value.texts == standard.value.texts);
      CHECK_FALSE(setting.origin.is_default());
    }
  }
}

}  // namespace

TEST_CASE("the default file has every option, commented out, and each list has an example") {
  INFO(default_file(some_section()));
  CHECK(default_file(some_section())
            .ends_with("\n"
                       "rules:\n"
                       "  # Where rules are. Takes a list of texts.\n"
                       "  # paths: [/a, \"b: c\"]\n"
                       "  # Some. Takes a whole number from 1 to 9.\n"
                       "  # count: 5\n"
                       "\n"
                       "# Sources.\n"
                       "# sources:\n"
                       "#     # Name. Takes a name of up to 64 a-z 0-9 . _ -.\n"
                       "#   - name: a\n"
                       "#     # K.\n"
                       "#     kafka:\n"
                       "#       # Brokers. Takes a list of addresses host:port.\n"
                       "#       brokers: [k:1]\n"
                       "#       # When. Takes one of now then.\n"
                       "#       # start: now\n"
                       "#     # T.\n"
                       "#     # tape:\n"
                       "#     #   # Brokers. Takes a list of addresses host:port.\n"
                       "#     #   brokers: [k:1]\n"
                       "#     #   # When. Takes one of now then.\n"
                       "#     #   # start: now\n"));
}

TEST_CASE("the option table has a row for every option") {
  CHECK(option_table(some_section()) ==
        "| option | takes | default | meaning |\n"
        "|---|---|---|---|\n"
        "| `rules.paths` | a list of texts | `[/a, \"b: c\"]` | Where rules are. |\n"
        "| `rules.count` | a whole number from 1 to 9 | `5` | Some. |\n"
        "| `sources[].name` | a name of up to 64 a-z 0-9 . _ - | required | Name. |\n"
        "| `sources[].kafka.brokers` | a list of addresses host:port | required | Brokers. |\n"
        "| `sources[].kafka.start` | one of now then | `now` | When. |\n"
        "| `sources[].tape.brokers` | a list of addresses host:port | required | Brokers. |\n"
        "| `sources[].tape.start` | one of now then | `now` | When. |\n");
}

TEST_CASE("the default file sets nothing") {
  Settings settings(alarum_options().root());
  settings.read_file({"default.yaml", default_file(alarum_options().root())});
  settings.check();

  CHECK(settings.problems().empty());
  CHECK(settings.root().at("sources").sections.empty());
  CHECK(settings.origin("records.bytes_max") == "default");
}

TEST_CASE("the default file uncommented is sound but for its two dead letter queues, and sets the defaults") {
  Settings settings(alarum_options().root());
  settings.read_file({"default.yaml", uncommented(default_file(alarum_options().root()))});
  settings.check();

  const auto problems = settings.problems();
  for (const Diagnostic& problem : problems) UNSCOPED_INFO(problem.to_text());
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().reason == "excluded_key");
  const Settings defaults(alarum_options().root());
  expect_defaults(settings.root(), defaults.root());
}

TEST_CASE("every option of the daemon has help that is a sentence") {
  const std::string table = option_table(alarum_options().root());
  CHECK(std::count(table.begin(), table.end(), '\n') > 25);
  for (std::size_t at = table.find("---|\n") + 5; at < table.size(); at = table.find('\n', at) + 1)
    CHECK(table.substr(at, table.find('\n', at) - at).ends_with(". |"));
}

}  // namespace alarum
