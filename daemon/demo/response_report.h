#pragma once

#include "daemon/base/json_node.h"
#include "daemon/base/result.h"
#include "daemon/demo/attack_watch.h"
#include "daemon/demo/response_figures.h"
#include "daemon/demo/screen.h"
#include "daemon/demo/stage.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace alarum::demo {

/// Tells what was done about the attacks, and closes one incident as an analyst would: incident, ticket,
/// block, and how long each took. One thread.
class ResponseReport {
 public:
  /// All of these outlive it.
  ResponseReport(const AttackWatch& watch, const Stage& stage, Screen& screen)
      : watch_(watch), stage_(stage), screen_(screen) {}

  /// Whether all is done that has to be: each attack that was begun is an incident with a ticket, and the
  /// attacker of the web server is blocked, or would be.
  bool is_complete(const ResponseFigures& figures) const;

  /// Closes an incident, best of all the one of the blocked attack, then shows it, its ticket and the blocks,
  /// each as its program does. False where there should be one and is not, or `/metrics` does not count that
  /// one was closed.
  Result<bool> tell_an_incident() const;

  /// A line for the tickets and one for the block, behind names padded to `width`.
  void tell_outcome(const ResponseFigures& figures, std::size_t width) const;

  /// The times, as `/metrics` has them now, a line each.
  Status tell_times() const;

 private:
  std::uint64_t attacks_begun() const;
  bool is_block_expected() const;
  bool is_block_as_expected(const ResponseFigures& figures) const;
  void tell_line(bool is_well, const std::string& name, const std::string& what) const;
  Result<JsonNode> incident(const std::string& id) const;
  Result<std::string> incident_to_show() const;
  Status ask_and_show(const std::vector<std::string>& words) const;
  Result<bool> is_closing_measured() const;
  void show(const std::string& command, const std::vector<std::string>& lines) const;
  void tell_time(std::string_view name, const LagSummary& time, std::string_view meaning) const;

  const AttackWatch& watch_;
  const Stage& stage_;
  Screen& screen_;
};

}  // namespace alarum::demo
