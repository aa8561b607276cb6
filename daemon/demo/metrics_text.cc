#include "daemon/demo/metrics_text.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <map>

namespace alarum::demo {
namespace {

/// Hands labels and value of each series of `name` to `take`.
void for_each_series(std::string_view text, std::string_view name,
                     const std::function<void(std::string_view labels, double value)>& take) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(name)) continue;
    const std::string_view rest = line.substr(name.size());
    if (rest.empty() || (rest.front() != ' ' && rest.front() != '{')) continue;  // a longer name
    const std::size_t value_at = rest.rfind(' ') + 1;
    double value = 0;
    std::from_chars(rest.data() + value_at, rest.data() + rest.size(), value);
    take(rest.substr(0, value_at), value);
  }
}

/// The value of the label `le`, as written.
std::string bound_of(std::string_view labels) {
  constexpr std::string_view mark = "le=\"";
  const std::size_t at = labels.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = labels.substr(at + mark.size());
  return std::string(rest.substr(0, rest.find('"')));
}

/// A bound as a number, for its order.
double number_of(const std::string& bound) {
  double out = HUGE_VAL;  // +Inf
  std::from_chars(bound.data(), bound.data() + bound.size(), out);
  return out;
}

}  // namespace

double metric_sum(std::string_view text, std::string_view name, std::string_view label) {
  double out = 0;
  for_each_series(text, name, [&](std::string_view labels, double value) {
    if (labels.find(label) != std::string_view::npos) out += value;
  });
  return out;
}

LagSummary lag_summary(std::string_view text, std::string_view name) {
  const std::string prefix(name);
  const double count = metric_sum(text, prefix + "_count", "");
  std::map<double, std::pair<std::string, double>> below;  // by bound: how it is written, how many
  for_each_series(text, prefix + "_bucket", [&](std::string_view labels, double value) {
    const std::string bound = bound_of(labels);
    auto& [written, sum] = below[number_of(bound)];
    written = bound;
    sum += value;
  });
  LagSummary out{static_cast<std::uint64_t>(count),
                 count > 0 ? metric_sum(text, prefix + "_sum", "") / count : 0, "+Inf"};
  for (const auto& [number, bucket] : below) {
    if (bucket.second < count) continue;
    out.most = bucket.first;
    break;
  }
  return out;
}

}  // namespace alarum::demo
