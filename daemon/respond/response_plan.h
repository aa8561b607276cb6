#pragma once

#include "config/guard_rails_config.h"
#include "daemon/base/string_map.h"
#include "daemon/respond/playbook.h"
#include "daemon/sigma/rule.h"

#include <string>

namespace alarum {

/// What decisions need to know of a rule.
struct RuleTrait {
  sigma::Extension::Stage stage = sigma::Extension::Stage::respond;
  std::string revision;  ///< the canary time counts from the first load of this one
};

/// What is done about alerts, by one revision of configuration and rules: immutable, swapped by a reload.
struct ResponsePlan {
  PlaybookSet playbooks;
  GuardRailsConfig guard_rails;
  StringMap<RuleTrait> rules;  ///< by the id that alerts have
};

}  // namespace alarum
