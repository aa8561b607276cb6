#pragma once

#include "daemon/respond/stored_action.h"
#include "responders/incident_notice.h"

#include <string>

namespace alarum {

/// What is told of the breaker: that it has tripped by the cap `entry`; empty where it was reset since. It
/// says nothing of any incident, since not everybody may know of the one that was one too many, and has an id
/// of its own, the same for all actions that tell of it.
IncidentNotice breaker_notice(const StoredAction& tell, const std::string& entry);

}  // namespace alarum
