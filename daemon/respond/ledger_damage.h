#pragma once

#include "daemon/base/result.h"

#include <atomic>
#include <string_view>

namespace alarum {

/// Whether the ledger's file was found damaged, over whichever connection. Each write may make it worse then,
/// so nobody writes any more until a restart. A bit that only rises, and that two threads look at before they
/// write: an atomic, since a queue would tell one of them too late. Any thread.
class LedgerDamage {
 public:
  /// What is to be done about it.
  static constexpr std::string_view advice = "the file is damaged; restore it, or move it away, and restart";

  /// Whether anybody has found it so.
  bool is_found() const { return is_found_.load(std::memory_order_relaxed); }

  /// Something about the ledger has failed by `error`, which perhaps says that it is damaged.
  void note(const Error& error) {
    if (error.code == ErrorCode::unsupported) is_found_.store(true, std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> is_found_{false};
};

}  // namespace alarum
