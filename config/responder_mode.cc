#include "config/responder_mode.h"

namespace alarum {

Option responder_mode_option() {
  return {.name = "mode",
          .type = Option::Type::word,
          .default_value = {"shadow"},
          .words = {"off", "shadow", "auto"},
          .refused = {{"approve", "is not yet supported", "write shadow, and act by hand"}},
          .help = "How far it may go: off does nothing, shadow writes down what it would do, auto acts."};
}

ResponderMode responder_mode(const SectionValue& entry) {
  const std::string word = entry.value("mode").text();
  if (word == "auto") return ResponderMode::automatic;
  return word == "off" ? ResponderMode::off : ResponderMode::shadow;
}

}  // namespace alarum
