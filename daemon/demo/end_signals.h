#pragma once

#include "daemon/base/descriptor.h"

namespace alarum::demo {

/// SIGTERM and SIGINT, as something that can be waited for beside other things. One in a program, made before
/// any thread starts, so that none of them takes the signals.
class EndSignals {
 public:
  EndSignals();
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  /// Reads from here once one has come, for `poll`.
  int descriptor() const { return received_.number(); }

  /// Whether one has come.
  bool came() const;

 private:
  Descriptor received_;
};

}  // namespace alarum::demo
