#pragma once

#include "tests/simulation/sim_disk.h"

#include <memory>
#include <span>
#include <string_view>

/// Mistakes that a state store could make, put between the pipeline and its disk. A checker that does not
/// notice them checks nothing.
namespace alarum::simulation {

/// Wraps the store of a process that begins.
using Defect = std::unique_ptr<ByteStore> (*)(std::unique_ptr<ByteStore> sound, Disk& disk);

struct NamedDefect {
  std::string_view name;
  Defect wrap;
};

/// Every defect, each with the name under which it is tested.
std::span<const NamedDefect> defects();

}  // namespace alarum::simulation
