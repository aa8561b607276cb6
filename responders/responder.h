#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "responders/incident_notice.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// The seam between what is decided and what is done about it: who carries out actions knows nothing of
/// playbooks, guard rails or the ledger.
namespace alarum {

/// What a responder does to the world, which decides what a step that names it needs.
enum class ResponderNature : std::uint8_t {
  takes_all,  ///< takes every alert from the outbox, without any playbook: a topic, a file
  telling,    ///< tells people or their tools of an incident
  running,    ///< acts on an entity, once and for good: a script
  blocking,   ///< blocks an address, for a time
};

/// Whether it does more than tell: it has a mode, a target, and guard rails.
inline bool is_acting(ResponderNature nature) {
  return nature == ResponderNature::running || nature == ResponderNature::blocking;
}

/// What can be promised of an action that was begun when the process, or the connection, ended.
enum class DeliveryClass : std::uint8_t {
  declarative,  ///< says what shall be so: saying it again changes nothing
  keyed,        ///< whoever receives it knows it again by its id, or it is looked for before it is repeated
  once,         ///< cannot be known again: it is never repeated, and may be in doubt
};

/// One action, with all that a responder may say of it. Texts are those of attackers, too: data, never to be
/// interpreted.
struct Action {
  IncidentNotice notice;         ///< the incident, with the action's id
  std::uint32_t attempt = 1;     ///< this one, from 1
  bool may_be_done = false;      ///< an earlier attempt may have had its effect
  std::string alert_json = {};   ///< the alert that asked for it, as it was committed; empty: a person did
  std::string rule_id = {};      ///< of that alert
  std::string target_type = {};  ///< `source.ip`; empty for what tells
  std::string target = {};       ///< an address in its canonical form; else the value of the entity
  std::optional<Duration> lasts = {};  ///< of a block: from when it is made on
  Timestamp expires = {};              ///< it must not be begun from then on
  bool is_end = false;  ///< the incident is resolved: it ends what was told of it, and tells nothing new
};

/// A network that is not to be blocked for a time.
struct NotToBlock {
  IpNetwork network;
  bool is_allowed = true;  ///< else people have unblocked it: a block of a network around it stays
  Timestamp until;
};

/// What became of an attempt.
enum class ActionVerdict : std::uint8_t {
  done,      ///< it has its effect
  failed,    ///< it has none, and trying again changes nothing
  not_done,  ///< it has none: worth another attempt
  in_doubt,  ///< nobody knows
};

/// An attempt's end.
struct ActionResult {
  ActionVerdict verdict = ActionVerdict::failed;
  std::string why = {};               ///< for people, in one line and without secrets; empty where it is done
  std::optional<Duration> wait = {};  ///< with `not_done`: whoever was asked wants this much time
  std::string reference = {};         ///< what it is called there: the key of a ticket
  std::optional<Timestamp> until = {};  ///< with `done`, of a block: when it ends
  bool has_refused = false;  ///< with `failed`: whom we asked judged against it (a guard of the enforcer)
  bool is_busy = false;      ///< with `not_done`: whom we asked is well, and has to be asked later
  bool is_running = false;   ///< with `not_done`: it was begun in time, and has not ended
};

/// Carries out the actions of one entry of `responders`. One thread, which may wait; it ends early, with what
/// is true then, when `stop` is requested from any thread.
class Responder {
 public:
  virtual ~Responder() = default;

  /// Makes one attempt.
  virtual ActionResult act(const Action& action, std::stop_token stop) = 0;

  /// How many actions take less time together than one after the other; 1 where none do.
  virtual std::size_t together_max() const { return 1; }

  /// Makes one attempt of each, of `together_max` at most; what became of them, in their order.
  virtual std::vector<ActionResult> act_together(std::span<const Action> actions, std::stop_token stop);

  /// Takes back what `action` did, as far as it still lasts; `failed` where nothing can be taken back.
  virtual ActionResult undo(const Action& action, std::stop_token stop) = 0;

  /// Has a network let go, and not blocked until then, whoever blocked it: what is known of blocks here may
  /// be wrong. Saying it again changes nothing. Only who blocks is asked.
  virtual ActionResult let_go(const NotToBlock& what, std::stop_token stop);

  /// Tries whether it could act, with an effect that says that it is a test, or with none; what was tried
  /// stands in `why`, also of a `done`.
  virtual ActionResult test(std::stop_token stop) = 0;
};

inline std::vector<ActionResult> Responder::act_together(std::span<const Action> actions,
                                                         std::stop_token stop) {
  std::vector<ActionResult> out;
  for (const Action& action : actions) out.push_back(act(action, stop));
  return out;
}

inline ActionResult Responder::let_go(const NotToBlock&, std::stop_token) {
  return {.verdict = ActionVerdict::failed, .why = "it blocks nothing"};
}

}  // namespace alarum
