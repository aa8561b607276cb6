// One row over one corpus, in a process of its own: alarum-bench ROW CORPUS RECORDS_MAX RULES…
// Prints one JSON object. bench.py and instructions.py start it.
#include "daemon/base/clock.h"
#include "daemon/sigma/rule_set.h"
#include "tests/bench/rows.h"
#include "tests/bench/yardstick.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace alarum::bench {
namespace {

struct Measured {
  std::uint64_t events = 0;
  std::uint64_t fired = 0;
};

/// All that is measured happens in here; callgrind collects by this name.
[[gnu::noinline]] Measured measured_pass(std::string_view row, const Corpus& corpus,
                                         const std::shared_ptr<const Plan>& plan) {
  Measured out;
  if (row == "json_walk") {
    out.events = walk_json(corpus);
  } else if (row == "decode") {
    out.events = decode(corpus, *plan);
  } else if (row == "sigma_reference") {
    out.events = evaluate_reference(corpus, *plan, out.fired);
  } else {
    out.events = evaluate_all(corpus, plan, out.fired);
  }
  return out;
}

/// The plan of all rules; a rule that could be loaded and is not active would make every figure a lie.
Result<std::shared_ptr<const Plan>> load_plan(std::span<const std::string> paths) {
  FieldTable fields;
  TRY(sigma::RuleSet rules, sigma::load_rules(paths, {}, fields));
  const std::size_t without_values =
      rules.rejected.contains("placeholder") ? rules.rejected.at("placeholder") : 0;
  if (rules.rules.empty() || rules.rejected_count() != without_values) {
    return Error{ErrorCode::invalid, "not every loadable rule is active"};
  }
  TRY(EventFormat format, make_event_format("windows", fields));
  return Plan::compile(std::move(rules.rules), std::move(fields),
                       SourceFormat{"replay", "windows", std::move(format)}, {});
}

Status run(std::string_view row, const std::string& path, std::size_t records_max,
           std::span<const std::string> rules) {
  Corpus corpus;
  TRY_OK(read_corpus(path, records_max, corpus));
  TRY(const auto plan, load_plan(rules));

  const std::clock_t processor_before = std::clock();
  const Duration before = steady_now();
  const Measured measured = measured_pass(row, corpus, plan);
  const double seconds = std::chrono::duration<double>(steady_now() - before).count();
  const double processor_seconds = static_cast<double>(std::clock() - processor_before) / CLOCKS_PER_SEC;
  if (measured.events != corpus.records.size()) {
    return Error{ErrorCode::invalid, "only " + std::to_string(measured.events) + " of " +
                                         std::to_string(corpus.records.size()) + " records are events"};
  }
  std::printf("{\"events\": %zu, \"bytes\": %zu, \"seconds\": %.6f, \"processor_seconds\": %.6f, ",
              corpus.records.size(), corpus.size, seconds, processor_seconds);
  std::printf("\"rules\": %zu, \"fired\": %llu}\n", plan->rules().size(),
              static_cast<unsigned long long>(measured.fired));
  return {};
}

}  // namespace
}  // namespace alarum::bench

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: alarum-bench ROW CORPUS RECORDS_MAX RULES...\n", stderr);
    return 64;
  }
  const std::vector<std::string> rules(argv + 4, argv + argc);
  const auto done = alarum::bench::run(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10), rules);
  if (done) return 0;
  std::fprintf(stderr, "alarum-bench: %s\n", done.error().message.c_str());
  return 1;
}
