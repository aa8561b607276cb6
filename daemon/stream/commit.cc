#include "daemon/stream/commit.h"

namespace alarum {

std::string_view gap_reason_name(Gap::Reason reason) {
  return reason == Gap::Reason::retention ? "retention" : "recreated";
}

OutcomeTotals& OutcomeTotals::operator+=(const OutcomeTotals& more) {
  evaluated += more.evaluated;
  dead_letters += more.dead_letters;
  events += more.events;
  late_events += more.late_events;
  skewed_events += more.skewed_events;
  gaps += more.gaps;
  gap_records += more.gap_records;
  return *this;
}

}  // namespace alarum
