#include "config/log_options.h"

namespace alarum {

const Section& log_options() {
  static const Section section = {.options = {{.name = "level",
                                               .type = Option::Type::word,
                                               .default_value = {"info"},
                                               .words = {"debug", "info", "warn", "error"},
                                               .help = "How much is written to the log on stderr."}}};
  return section;
}

}  // namespace alarum
