// Runs seeds of the simulation: alarum-simulation [--seeds N] [--first N] [--defect NAME | --list-defects]
// Prints what went wrong and the seed that shows it again; with a defect, the first seed that finds it.
#include "daemon/base/log.h"
#include "tests/simulation/world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace alarum::simulation {
namespace {

struct Options {
  std::uint64_t seeds = 2000;
  std::uint64_t first = 1;
  const NamedDefect* defect = nullptr;
};

const NamedDefect* find_defect(std::string_view name) {
  const auto all = defects();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const NamedDefect& known) { return known.name == name; });
  return found == all.end() ? nullptr : &*found;
}

void add(const Story& story, Story& sum) {
  sum.processes += story.processes;
  sum.crashes += story.crashes;
  sum.records += story.records;
  sum.gap_records += story.gap_records;
  sum.alerts += story.alerts;
  sum.repeats += story.repeats;
  sum.reloads += story.reloads;
}

void print(const Options& options, const Story& sum) {
  std::printf(
      "%llu seeds from %llu: %llu processes, %llu crashes at a fault, %llu reloads, %llu records (%llu lost "
      "to "
      "retention), %llu alerts, told again %llu times\n",
      static_cast<unsigned long long>(options.seeds), static_cast<unsigned long long>(options.first),
      static_cast<unsigned long long>(sum.processes), static_cast<unsigned long long>(sum.crashes),
      static_cast<unsigned long long>(sum.reloads), static_cast<unsigned long long>(sum.records),
      static_cast<unsigned long long>(sum.gap_records), static_cast<unsigned long long>(sum.alerts),
      static_cast<unsigned long long>(sum.repeats));
}

int run(const Options& options) {
  Story sum;
  for (std::uint64_t seed = options.first; seed < options.first + options.seeds; ++seed) {
    World world(seed, options.defect);
    const auto violations = world.run();
    add(world.story(), sum);
    if (violations.empty()) continue;
    std::printf("seed %llu:\n", static_cast<unsigned long long>(seed));
    for (const std::string& violation : violations) std::printf("  %s\n", violation.c_str());
    return options.defect == nullptr ? 1 : 0;
  }
  print(options, sum);
  return options.defect == nullptr ? 0 : 1;
}

bool parse(int argc, char** argv, Options& out) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return false;
    if (std::strcmp(argv[i], "--seeds") == 0) {
      out.seeds = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (std::strcmp(argv[i], "--first") == 0) {
      out.first = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (std::strcmp(argv[i], "--defect") == 0) {
      out.defect = find_defect(argv[i + 1]);
      if (out.defect == nullptr) return false;
    } else {
      return false;
    }
  }
  return out.seeds > 0;
}

}  // namespace
}  // namespace alarum::simulation

int main(int argc, char** argv) {
  alarum::log::set_level(alarum::log::Level::off);
  if (argc == 2 && std::strcmp(argv[1], "--list-defects") == 0) {
    for (const auto& defect : alarum::simulation::defects())
      std::printf("%.*s\n", static_cast<int>(defect.name.size()), defect.name.data());
    return 0;
  }
  alarum::simulation::Options options;
  if (!alarum::simulation::parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: alarum-simulation [--seeds N] [--first N] [--defect NAME] | --list-defects\n");
    return 64;
  }
  return alarum::simulation::run(options);
}
