#include "daemon/enforcer/reconcile.h"

#include <map>
#include <optional>

namespace alarum::enforcer {
namespace {

constexpr Duration tolerance = std::chrono::seconds(1);

bool is_ending(const std::optional<Duration>& left) { return left && *left < tolerance; }

bool is_alike(const std::optional<Duration>& left, const std::optional<Duration>& right) {
  return left && right && std::chrono::abs(*left - *right) <= tolerance;
}

}  // namespace

Repair compare(std::span<const TableEntry> wanted, std::span<const TableEntry> found) {
  std::map<IpNetwork, std::optional<Duration>> left;
  for (const TableEntry& entry : found) left.emplace(entry.target, entry.left);
  Repair out;
  for (const TableEntry& entry : wanted) {
    const auto place = left.find(entry.target);
    const bool is_there = place != left.end();
    const bool is_right = is_there ? is_alike(entry.left, place->second) : is_ending(entry.left);
    if (!is_right) out.put.push_back(entry);
    if (!is_right) ++(is_there ? out.retimed_count : out.missing_count);
    if (is_there) left.erase(place);
  }
  for (const auto& [target, remaining] : left) {
    if (!is_ending(remaining)) out.remove.push_back(target);
  }
  return out;
}

}  // namespace alarum::enforcer
