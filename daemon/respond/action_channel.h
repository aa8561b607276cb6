#pragma once

#include "daemon/base/backoff.h"
#include "daemon/base/clock.h"
#include "daemon/respond/action_worker.h"
#include "daemon/respond/playbook.h"
#include "responders/responder.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace alarum {

/// A responder that carries out actions, as it was configured.
struct ActionTarget {
  PlaybookResponder what;
  DeliveryClass delivery = DeliveryClass::once;
  std::unique_ptr<Responder> responder;
};

/// The way to one responder: its thread, what is on its way there, and its circuit, which opens when it fails
/// again and again, so that it is left in peace for a while. The dispatcher's thread.
class ActionChannel {
 public:
  /// So many failures in a row open the circuit.
  static constexpr unsigned failures_max = 5;

  /// `clock` outlives this; `report` is called from the responder's thread.
  ActionChannel(ActionTarget target, Clock& clock, std::function<void(ActionReport)> report);

  /// The responder's, of the configuration.
  const std::string& name() const { return what_.name; }
  /// What it does to the world, of the configuration of the start.
  ResponderNature nature() const { return what_.nature; }
  /// Takes back the blocks of a responder that is not configured any more, in its place.
  void stand_in_for(const std::string& name) { names_.push_back(name); }
  /// Its name, and those whom it stands in for.
  const std::vector<std::string>& names() const { return names_; }
  /// What it promises of an action that may have been done before.
  DeliveryClass delivery() const { return delivery_; }

  /// How many actions may be handed over now: one where an open circuit is tried.
  std::size_t room() const;
  /// Whether the action is on its way there and has not come back.
  bool is_under_way(const std::string& id) const { return under_way_.contains(id); }
  std::size_t under_way() const { return under_way_.size(); }
  /// Hands over what is committed.
  void hand_over(ActionTask task);
  /// What was handed over has come back, and that is written down: with what, and how many tries there were.
  void take_back(const ActionReport& report, const RandomSource& random);
  /// Whether it is left in peace.
  bool is_open() const { return failures_ >= failures_max; }
  /// Ends what is under way as soon as it can, and takes nothing more.
  void stop() {
    is_stopped_ = true;
    worker_.stop();
  }

 private:
  PlaybookResponder what_;
  std::vector<std::string> names_;
  DeliveryClass delivery_;
  Clock& clock_;
  std::set<std::string> under_way_;
  bool is_stopped_ = false;
  unsigned failures_ = 0;  // in a row
  Duration tried_at_{0};   // not before then, while the circuit is open
  std::string trial_;      // the action by which it was tried last
  ActionWorker worker_;
};

}  // namespace alarum
