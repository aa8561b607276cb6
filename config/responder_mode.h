#pragma once

#include "config/option.h"
#include "config/section_value.h"

#include <cstdint>

namespace alarum {

/// How far a responder that acts may go.
enum class ResponderMode : std::uint8_t {
  off,       ///< it does nothing, and nothing is written down
  shadow,    ///< what it would do is written down, and not done
  automatic  ///< it acts
};

/// The key `mode` of an entry of `responders` whose kind acts.
Option responder_mode_option();

/// What it says in an entry.
ResponderMode responder_mode(const SectionValue& entry);

}  // namespace alarum
