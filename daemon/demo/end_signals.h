#pragma once

namespace alarum::demo {

/// SIGTERM and SIGINT, as something that can be waited for beside other things. One in a program, made before
/// any thread starts, so that none of them takes the signals.
class EndSignals {
 public:
  EndSignals();
  ~EndSignals();
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  /// Reads from here once one has come, for `poll`.
  int descriptor() const { return descriptor_; }

  /// Whether one has come.
  bool came() const;

 private:
  int descriptor_ = -1;
};

}  // namespace alarum::demo
