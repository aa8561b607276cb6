#include "daemon/respond/incident_figures.h"

namespace alarum {

IncidentFigures::Times IncidentFigures::no_times() {
  const Histogram machine(detect_buckets);
  const Histogram human(human_buckets);
  // In the order of the phases; what is done by itself takes less than a second.
  const std::array<Histogram, incident_phases.size()> of_level = {machine, machine, human, human,
                                                                  machine, human,   human};
  return {of_level, of_level, of_level, of_level, of_level};
}

IncidentFigures::DwellTimes IncidentFigures::no_dwell() {
  const Histogram human(human_buckets);
  return {human, human, human, human, human};
}

}  // namespace alarum
