#pragma once

#include "daemon/base/result.h"
#include "daemon/demo/story.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::demo {

/// Which alerts have to come, and which came: each rule of an attack fires once each time it is begun, and
/// nothing else does.
class AttackWatch {
 public:
  /// One attack, and how it stands.
  struct Entry {
    Attack attack;
    bool is_left_out = false;
    std::uint64_t begun = 0;
    std::map<std::string, std::uint64_t, std::less<>> alerts;  ///< by rule

    /// How many alerts have to come, and how many of those did.
    std::uint64_t expected() const { return begun * attack.rules.size(); }
    std::uint64_t seen() const;
  };

  /// `left_out`: names of attacks that will not be begun.
  explicit AttackWatch(const std::vector<std::string>& left_out);

  /// An attack of this name has begun: its alerts are due once more.
  void note_begin(std::string_view attack);

  /// Takes an alert of this rule. False when no attack that was begun explains it.
  bool take(std::string_view rule_id);

  /// Every attack, those that were left out as well.
  const std::vector<Entry>& entries() const { return entries_; }
  /// How many alerts no attack explains.
  std::uint64_t unexplained() const { return unexplained_; }

  /// Whether every alert came that has to.
  bool is_complete() const;

 private:
  std::vector<Entry> entries_;
  std::uint64_t unexplained_ = 0;
};

}  // namespace alarum::demo
