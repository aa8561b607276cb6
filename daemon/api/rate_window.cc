#include "daemon/api/rate_window.h"

#include <utility>

namespace alarum {

void RateWindow::add(Duration now, const LineStatus& line) {
  Look look{now, {}};
  for (const auto& [name, source] : line.sources)
    look.sources[name] = {source.totals.evaluated + source.totals.dead_letters, source.totals.events};
  looks_.push_back(std::move(look));
  while (now - looks_.front().at > length) looks_.pop_front();
}

SourceRates RateWindow::rates() const {
  SourceRates out;
  if (looks_.size() < 2 || looks_.back().at <= looks_.front().at) return out;
  const double span = std::chrono::duration<double>(looks_.back().at - looks_.front().at).count();
  for (const auto& [name, last] : looks_.back().sources) {
    const auto found = looks_.front().sources.find(name);
    if (found == looks_.front().sources.end()) continue;  // new within the window
    const Totals& first = found->second;
    out[name] = {static_cast<double>(last.records - first.records) / span,
                 static_cast<double>(last.events - first.events) / span};
  }
  return out;
}

}  // namespace alarum
