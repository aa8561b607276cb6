#pragma once

#include <string>
#include <string_view>

namespace alarum::enforcer {

/// What was refused, and by what: the guard, its entry that decided, and a sentence. `kernel` and `state` are
/// guards too: what cannot be written down or reach the kernel is not done.
struct Refusal {
  std::string_view guard;  ///< from the closed set of docs/enforcer.md
  std::string entry;       ///< the network, number or name that decided
  std::string why;         ///< for people
};

/// An answer under way: `done key=value …`, or `refused guard=… entry=… why=…` to the end of the line. A list
/// has a line for each entry below. Values are ours or canonical; what an asker wrote is never repeated.
class Answer {
 public:
  /// It was done; facts follow.
  Answer() : text_("done") {}
  /// It was not.
  explicit Answer(const Refusal& refusal)
      : text_("refused guard=" + std::string(refusal.guard) +
              " entry=" + (refusal.entry.empty() ? "-" : refusal.entry) + " why=" + refusal.why) {}

  /// Adds ` key=value`; the value has neither spaces nor line breaks.
  Answer& fact(std::string_view key, const std::string& value) {
    text_.append(" ").append(key).append("=").append(value);
    return *this;
  }
  /// Begins the next line of a list with its first word.
  Answer& line(std::string_view word) {
    text_.append("\n").append(word);
    return *this;
  }

  /// What goes over the socket.
  const std::string& text() const { return text_; }
  /// Whether it says that something was done.
  bool is_done() const { return text_.starts_with("done"); }

 private:
  std::string text_;
};

}  // namespace alarum::enforcer
