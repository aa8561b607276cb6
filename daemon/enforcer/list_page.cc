#include "daemon/enforcer/list_page.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace alarum::enforcer {
namespace {

/// A page of a list fits into one answer: 20 lines of at most 180 bytes.
constexpr std::size_t page_size = 20;

/// A page of what lasts until some time.
Answer page_of(const std::vector<TimedProtection>& entries, const std::optional<IpNetwork>& after) {
  const auto begin = std::find_if(entries.begin(), entries.end(), [&](const TimedProtection& entry) {
    return !after || entry.network > *after;
  });
  const auto left = static_cast<std::size_t>(std::distance(begin, entries.end()));
  const auto end = std::next(begin, static_cast<std::ptrdiff_t>(std::min(left, page_size)));
  Answer out;
  out.fact("total", std::to_string(entries.size()));
  if (left > page_size) out.fact("next", std::prev(end)->network.to_text());
  for (auto place = begin; place != end; ++place)
    out.line(place->network.to_text()).fact("until", format_time(place->until));
  return out;
}

Answer page_of(const Actions& actions, const std::optional<IpNetwork>& after) {
  const auto& targets = actions.targets();
  auto place = after ? targets.upper_bound(*after) : targets.begin();
  const auto left = static_cast<std::size_t>(std::distance(place, targets.end()));
  const auto end = std::next(place, static_cast<std::ptrdiff_t>(std::min(left, page_size)));
  Answer out;
  out.fact("total", std::to_string(targets.size()));
  if (left > page_size) out.fact("next", std::prev(end)->first.to_text());
  for (; place != end; ++place) {
    out.line(place->first.to_text())
        .fact("until", format_time(*actions.expires(place->first)))
        .fact("action", *place->second.begin())
        .fact("actions", std::to_string(place->second.size()));
  }
  return out;
}

}  // namespace

Answer list_page(const Request& request, const EnforcerState& state) {
  if (request.kind == ListKind::protections) return page_of(state.never_block.added(), request.after);
  if (request.kind == ListKind::left_alone) return page_of(state.never_block.left_alone(), request.after);
  return page_of(state.actions, request.after);
}

}  // namespace alarum::enforcer
