#include "tests/bench/rows.h"

#include "daemon/pipeline/lane.h"

#include <algorithm>

namespace alarum::bench {
namespace {

constexpr std::size_t batch_records = 1000;

}  // namespace

std::uint64_t decode(const Corpus& corpus, const Plan& plan) {
  EventDecoder decoder(plan.source().format(), plan.limits());
  std::uint64_t events = 0;
  for (const Record& record : corpus.records) events += decoder.decode(record, std::nullopt) ? 0 : 1;
  return events;
}

std::uint64_t evaluate_reference(const Corpus& corpus, const Plan& plan, std::uint64_t& fired) {
  EventDecoder decoder(plan.source().format(), plan.limits());
  std::vector<std::uint32_t> rules;
  std::uint64_t events = 0;
  for (const Record& record : corpus.records) {
    if (decoder.decode(record, std::nullopt)) continue;
    ++events;
    rules.clear();
    plan.source().signatures().evaluate(decoder.event(), rules);
    fired += rules.size();
  }
  return events;
}

std::uint64_t evaluate_all(const Corpus& corpus, const std::shared_ptr<const Plan>& plan,
                           std::uint64_t& fired) {
  SystemClock clock;
  RuleTimer timer(clock);
  Lane lane(plan);
  lane.time_rules(&timer);
  LaneOutput output;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  for (std::size_t at = 0; at < corpus.records.size(); at += batch_records) {
    const std::size_t count = std::min(batch_records, corpus.records.size() - at);
    lane.evaluate(std::span(corpus.records).subspan(at, count), output);
    events += output.events;
    fired += output.alerts.size();
    for (const Alert& alert : output.alerts) bytes += to_json(alert).size();
  }
  return bytes > 0 ? events : 0;
}

}  // namespace alarum::bench
