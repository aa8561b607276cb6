#include "daemon/event/log_source.h"

#include "daemon/base/suggest.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

/// One class for every event.
class FixedRouter final : public Router {
 public:
  explicit FixedRouter(const LogSource& source) {
    EventClass& only = classes_.emplace_back();
    only.product = source.product;
    only.service = source.service;
    if (!source.category.empty()) only.categories.push_back(source.category);
  }
  const std::vector<EventClass>& classes() const override { return classes_; }
  std::size_t route(FieldReader& /*event*/) const override { return 0; }

 private:
  std::vector<EventClass> classes_;
};

/// What the Windows router says of events with a channel; `fixed`, behind its classes, for the others.
class ChannelRouter final : public Router {
 public:
  ChannelRouter(const LogSource& fixed, FieldTable& fields)
      : channel_(fields.intern("Channel")),
        windows_(make_windows_router(fields)),
        classes_(windows_->classes()) {
    classes_.push_back(FixedRouter(fixed).classes().front());
  }
  const std::vector<EventClass>& classes() const override { return classes_; }
  std::size_t route(FieldReader& event) const override {
    return event.values(channel_).empty() ? classes_.size() - 1 : windows_->route(event);
  }

 private:
  FieldId channel_;
  std::unique_ptr<Router> windows_;
  std::vector<EventClass> classes_;
};

constexpr std::string_view windows = "windows";

std::vector<const Shape*> shapes_of(const LogSource& source) {
  if (source.product == windows) return {&windows_evtx_shape, &windows_flat_shape};
  return {&plain_shape};
}

constexpr std::string_view usage = "a log source is 'windows' or 'product=…,category=…,service=…'";

Error not_understood(std::string_view part, std::string_view why) {
  return {ErrorCode::invalid,
          "log source '" + std::string(part) + "' is not understood: " + std::string(why)};
}

Result<LogSource> parse_attributes(std::string_view text) {
  LogSource out;
  for (bool is_last = false; !is_last;) {
    const std::size_t comma = text.find(',');
    is_last = comma == std::string_view::npos;
    const std::string_view pair = text.substr(0, comma);
    if (!is_last) text.remove_prefix(comma + 1);

    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    std::string* const target = name == "product"    ? &out.product
                                : name == "category" ? &out.category
                                : name == "service"  ? &out.service
                                                     : nullptr;
    if (equals == std::string_view::npos || target == nullptr || equals + 1 == pair.size()) {
      constexpr std::array<std::string_view, 4> known = {"windows", "product", "category", "service"};
      const std::string hint = target == nullptr ? did_you_mean(name, known) : "";
      return not_understood(pair, hint.empty() ? usage : hint);
    }
    if (!target->empty()) return not_understood(pair, "it is the second of its kind");
    *target = pair.substr(equals + 1);
  }
  return out;
}

}  // namespace

bool EventClass::satisfies(const LogSource& wanted) const {
  const auto has_category = [&] {
    return std::find(categories.begin(), categories.end(), wanted.category) != categories.end();
  };
  return (wanted.product.empty() || wanted.product == product) &&
         (wanted.service.empty() || wanted.service == service) && (wanted.category.empty() || has_category());
}

EventFormat make_fixed_format(const LogSource& source) {
  return EventFormat{shapes_of(source), std::make_unique<FixedRouter>(source)};
}

EventFormat make_trial_format(const LogSource& source, FieldTable& fields) {
  if (source.product != windows) return make_fixed_format(source);
  return EventFormat{shapes_of(source), std::make_unique<ChannelRouter>(source, fields)};
}

Result<EventFormat> make_event_format(std::string_view log_source, FieldTable& fields) {
  if (log_source == windows)
    return EventFormat{shapes_of({std::string(windows), "", ""}), make_windows_router(fields)};
  if (log_source.empty())
    return Error{ErrorCode::invalid, "an empty log source is not understood: " + std::string(usage)};
  TRY(const LogSource source, parse_attributes(log_source));
  return make_fixed_format(source);
}

}  // namespace alarum
