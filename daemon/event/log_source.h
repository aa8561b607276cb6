#pragma once

#include "daemon/base/result.h"
#include "daemon/event/field_reader.h"
#include "daemon/event/shape.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Sigma's log sources (rules specification, LogSource; taxonomy appendix): what a rule wants, what an event
/// is, and the routers that tell.
namespace alarum {

/// What a rule asks for. An empty attribute asks for nothing.
struct LogSource {
  std::string product;
  std::string category;
  std::string service;
  friend bool operator==(const LogSource&, const LogSource&) = default;
};

/// What an event is: one product, one service at most, and any number of categories (a registry change is
/// both `registry_event` and `registry_set`).
struct EventClass {
  std::string product;
  std::string service;
  std::vector<std::string> categories;

  /// Whether a rule for `wanted` applies: every attribute that it gives is the event's. An attribute that the
  /// event lacks matches no rule that asks for it, so a rule for databases never sees a Windows event.
  bool satisfies(const LogSource& wanted) const;
};

/// Tells which class an event is of. The classes are known beforehand, so that rules can be sorted once per
/// plan. Immutable; any thread.
class Router {
 public:
  virtual ~Router() = default;
  /// Every class that `route` may name, by index.
  virtual const std::vector<EventClass>& classes() const = 0;
  /// The index of the event's class. Reads what it needs through `event`.
  virtual std::size_t route(FieldReader& event) const = 0;
};

/// Windows event logs: by channel, EventID and EventType to service and categories. `fields` gains what it
/// reads.
std::unique_ptr<Router> make_windows_router(FieldTable& fields);

/// How to read a source: the shapes to tell apart (the last takes every event), and the router.
/// Made before the rules are loaded, bound to the plan's fields after.
struct EventFormat {
  std::vector<const Shape*> shapes;
  std::unique_ptr<Router> router;
};

/// The format of a source that holds nothing but `source`: Windows events in either of their shapes, others
/// spelled as rules spell them.
EventFormat make_fixed_format(const LogSource& source);

/// The format of events that somebody wrote down to try a rule for `source`. They are of that log source; but
/// a Windows event that says its channel is what the Windows router makes of it, as in a replay.
EventFormat make_trial_format(const LogSource& source, FieldTable& fields);

/// `windows`, or `product=…,category=…,service=…` with at least one of them. The message of the error tells
/// both.
Result<EventFormat> make_event_format(std::string_view log_source, FieldTable& fields);

}  // namespace alarum
