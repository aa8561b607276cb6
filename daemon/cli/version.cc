#include "daemon/cli/version.h"

namespace alarum::cli {

std::string version_text() { return "alarum " ALARUM_VERSION; }

}  // namespace alarum::cli
