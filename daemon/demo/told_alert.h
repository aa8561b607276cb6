#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alarum::demo {

/// What the demo shows of an alert. Every text is as the alert has it: of the event, that is an attacker's.
struct ToldAlert {
  std::string rule_id;
  std::string title;
  std::string level;
  std::string place;                                          ///< `windows-events/0:41`
  std::vector<std::pair<std::string, std::string>> entities;  ///< type and value
  std::vector<std::pair<std::string, std::string>> fields;    ///< what the rule looked at, and its values
  std::optional<Duration> lag;                                ///< from the event to `detected_at`
};

/// Reads one line of schema `alarum.alert/1` as a sink writes it. The error says that it is none.
Result<ToldAlert> read_alert(std::string_view line);

}  // namespace alarum::demo
