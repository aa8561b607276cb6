#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace alarum {

/// Which names a record has had so far, by number. Looked up once for every member, so the names of ordinary
/// records are found in a small hash table; it looks at a few places only, and what finds none of them free
/// is kept in a tree. So the cost is bounded whatever the names are: crafted collisions and a million names
/// cost what a tree costs, and nothing has to be cleared afterwards. Owned and used by one decoder.
class NameIndex {
 public:
  /// Forgets every name.
  void clear();

  /// The number of `name`, if it was added.
  std::optional<std::uint32_t> find(std::string_view name) const;

  /// Adds a name that is not there yet; a view that has to last until `clear`.
  void add(std::string_view name, std::uint32_t number);

 private:
  struct Slot {
    std::uint64_t generation = 0;  // of the record that filled it
    std::size_t hash = 0;
    std::string_view name;
    std::uint32_t number = 0;
  };
  static constexpr std::size_t slots = 1024;
  static constexpr std::size_t probes_max = 8;

  std::uint64_t generation_ = 1;
  std::array<Slot, slots> table_;
  std::map<std::string_view, std::uint32_t> overflow_;
};

}  // namespace alarum
