#pragma once

#include <unistd.h>
#include <utility>

namespace alarum {

/// A file descriptor with one owner, who closes it. Below 0 there is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Descriptor() { reset(); }

  /// What the system calls it.
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  /// Closes it, where it is open.
  void reset() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

}  // namespace alarum
