#include "daemon/demo/attack_watch.h"

#include <algorithm>

namespace alarum::demo {

std::uint64_t AttackWatch::Entry::seen() const {
  std::uint64_t out = 0;
  for (const auto& [rule, count] : alerts) out += count;
  return out;
}

AttackWatch::AttackWatch(const std::vector<std::string>& left_out) {
  for (const Attack& attack : attacks()) {
    const bool is_left_out = std::find(left_out.begin(), left_out.end(), attack.name) != left_out.end();
    entries_.push_back({attack, is_left_out, 0, {}});
  }
}

void AttackWatch::note_begin(std::string_view attack) {
  for (Entry& entry : entries_) entry.begun += entry.attack.name == attack ? 1 : 0;
}

bool AttackWatch::take(std::string_view rule_id) {
  for (Entry& entry : entries_) {
    const auto& rules = entry.attack.rules;
    if (std::find(rules.begin(), rules.end(), rule_id) == rules.end()) continue;
    std::uint64_t& count = entry.alerts[std::string(rule_id)];
    if (count == entry.begun) continue;
    ++count;
    return true;
  }
  ++unexplained_;
  return false;
}

bool AttackWatch::is_complete() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.seen() == entry.expected(); });
}

}  // namespace alarum::demo
