#include "daemon/respond/breaker_notice.h"

#include "daemon/base/digest.h"

namespace alarum {

IncidentNotice breaker_notice(const StoredAction& tell, const std::string& entry) {
  IncidentNotice out;
  out.incident_id = id_of({breaker_step, std::to_string(tell.intended.microseconds)});
  out.action_id = tell.id;
  out.title = "Alarum's breaker has tripped";
  out.level = "critical";
  out.state = "new";
  out.opened = tell.intended;
  out.text = entry.empty()
                 ? "It had tripped, and was reset since."
                 : "It has tripped (" + entry + "): actions are only written down until somebody has looked.";
  out.text += " This is no incident.";
  return out;
}

}  // namespace alarum
