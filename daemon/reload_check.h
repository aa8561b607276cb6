#pragma once

#include "config/daemon_config.h"
#include "config/diagnostic.h"
#include "daemon/respond/playbook.h"
#include "daemon/respond/response_plan.h"
#include "daemon/sigma/rule_set.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

/// What a reload compares with what is in use, to tell whether it may take its place. Any thread.
namespace alarum {

/// What `now` leaves out and `before` did not: a rule or file that somebody broke since. Rules are known by
/// file and name, so that one which was left out already may stand elsewhere in its file, or be broken in
/// another way.
std::vector<sigma::LeftOut> newly_left_out(std::span<const sigma::LeftOut> now,
                                           std::span<const sigma::LeftOut> before);

/// The sections of the configuration that differ in something which only a start reads: `state, workers`.
/// Empty where a reload takes all that has changed.
std::string restart_sections(const DaemonConfig& now, const DaemonConfig& running);

/// What of a new plan of responses can be in use beside the responders of the start.
struct ResponseBeside {
  std::shared_ptr<const ResponsePlan> plan;
  bool keeps_playbooks = false;  ///< those in use stay, since others wait for a restart
};

/// `next` as far as it names nobody who was not `made` at the start: a playbook can name only who is there,
/// so with others those of `in_use` stay. Guard rails, rules and modes are the new ones in any case: by name,
/// of whoever does the same as before; one that acts and is not configured any more is off.
ResponseBeside response_beside(const ResponsePlan& next, const ResponsePlan& in_use,
                               std::span<const PlaybookResponder> made);

/// The first of these problems, on one line, and how many more there are. There is at least one.
std::string summary(std::span<const Diagnostic> problems);

}  // namespace alarum
