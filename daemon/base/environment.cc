#include "daemon/base/environment.h"

#include <unistd.h>

namespace alarum {

std::vector<std::string> environment_variables() {
  std::vector<std::string> out;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    out.emplace_back(*variable);
  return out;
}

}  // namespace alarum
