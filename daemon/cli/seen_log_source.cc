#include "daemon/cli/seen_log_source.h"

#include "daemon/base/printable.h"

#include <initializer_list>

namespace alarum::cli {
namespace {

/// `product/category/service`, without what is not there.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    if (!part.empty()) out.append(out.empty() ? "" : "/").append(part);
  }
  return out;
}

std::string text_of(const EventClass& seen) {
  std::string categories;
  for (const std::string& category : seen.categories)
    categories.append(categories.empty() ? "" : ",").append(category);
  return joined({seen.product, categories, seen.service});
}

/// Why the event is no more than it is, where its channel should say.
std::string channel_text(const SeenLogSource& source) {
  if (!source.is_told || !source.seen.service.empty()) return "";
  return source.channel.empty() ? ", no channel" : ", channel '" + source.channel + "' is unknown";
}

}  // namespace

SeenLogSource see_log_source(const LogSource& wanted, const Router& router, Event& event, FieldId channel) {
  SeenLogSource out;
  out.wanted = wanted;
  out.seen = router.classes()[event.event_class()];
  out.is_for_rule = out.seen.satisfies(wanted);
  out.is_told = router.classes().size() > 1;
  if (const auto values = event.values(channel); !values.empty()) out.channel = values.front().text;
  return out;
}

std::string to_text(const SeenLogSource& source, const ExplanationStyle& style, const Output& output) {
  std::string out(style.indent, ' ');
  out += source.is_for_rule ? output.styled(Style::green, "true   ") : output.styled(Style::red, "false  ");
  out += " log source " +
         printable(joined({source.wanted.product, source.wanted.category, source.wanted.service}));
  if (!source.is_for_rule) {
    out += output.styled(Style::dim, "  ← ") + printable(text_of(source.seen) + channel_text(source));
  }
  return out + "\n";
}

void write_json(const EventClass& seen, JsonWriter& json) {
  json.begin_object().key("product").text(seen.product).key("service").text(seen.service);
  json.key("categories").begin_array();
  for (const std::string& category : seen.categories) json.text(category);
  json.end_array().end_object();
}

}  // namespace alarum::cli
