#include "config/option_reference.h"

#include <catch2/catch.hpp>

#include <vector>

namespace alarum {
namespace {

const std::vector<Option> two_sections = {
    {.name = "rules.paths",
     .type = Option::Type::text_list,
     .default_value = {"/a", "b: c"},
     .help = "Where rules are."},
    {.name = "rules.count",
     .type = Option::Type::count,
     .default_value = {"5"},
     .min = 1,
     .max = 9,
     .help = "Some."},
    {.name = "log.level",
     .type = Option::Type::word,
     .default_value = {"info"},
     .words = {"info", "warn"},
     .help = "How much."},
};

}  // namespace

TEST_CASE("the default file has every option below its section, commented out, with its help above it") {
  CHECK(default_file(two_sections)
            .ends_with("\n"
                       "rules:\n"
                       "  # Where rules are. Takes a list of texts.\n"
                       "  # paths: [/a, \"b: c\"]\n"
                       "  # Some. Takes a whole number from 1 to 9.\n"
                       "  # count: 5\n"
                       "\n"
                       "log:\n"
                       "  # How much. Takes one of info warn.\n"
                       "  # level: info\n"));
}

TEST_CASE("the option table has a row for every option") {
  CHECK(option_table(two_sections) ==
        "| option | takes | default | meaning |\n"
        "|---|---|---|---|\n"
        "| `rules.paths` | a list of texts | `[/a, \"b: c\"]` | Where rules are. |\n"
        "| `rules.count` | a whole number from 1 to 9 | `5` | Some. |\n"
        "| `log.level` | one of info warn | `info` | How much. |\n");
}

}  // namespace alarum
