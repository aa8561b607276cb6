#pragma once

#include <string>
#include <vector>

namespace alarum {

/// `NAME=value` for every variable of the environment. Before threads start that change it; ours never do.
std::vector<std::string> environment_variables();

}  // namespace alarum
