#pragma once

#include "config/option.h"

#include <string_view>
#include <vector>

namespace alarum {

/// A kind of responder that is driven by incidents, as the configuration knows it. What it does is described
/// where it is done; whoever reads a configuration is handed the kinds that there are.
struct KindOptions {
  std::string_view name;        ///< `kind: webhook`
  std::string_view help;        ///< what it does: goes on after the name and a colon, without a full stop
  std::vector<Option> options;  ///< its keys; a key that several kinds have is the same for all
  std::vector<std::string_view> at_most_one = {};  ///< of its keys
};

}  // namespace alarum
