#include "daemon/event/name_index.h"

#include <functional>

namespace alarum {

void NameIndex::clear() {
  ++generation_;
  overflow_.clear();
}

std::optional<std::uint32_t> NameIndex::find(std::string_view name) const {
  const std::size_t hash = std::hash<std::string_view>()(name);
  for (std::size_t probe = 0; probe < probes_max; ++probe) {
    const Slot& slot = table_[(hash + probe) % slots];
    if (slot.generation != generation_) return std::nullopt;  // it would have been put here
    if (slot.hash == hash && slot.name == name) return slot.number;
  }
  const auto found = overflow_.find(name);
  return found == overflow_.end() ? std::nullopt : std::optional(found->second);
}

void NameIndex::add(std::string_view name, std::uint32_t number) {
  const std::size_t hash = std::hash<std::string_view>()(name);
  for (std::size_t probe = 0; probe < probes_max; ++probe) {
    Slot& slot = table_[(hash + probe) % slots];
    if (slot.generation == generation_) continue;
    slot = {generation_, hash, name, number};
    return;
  }
  overflow_.emplace(name, number);
}

}  // namespace alarum
