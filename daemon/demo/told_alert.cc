#include "daemon/demo/told_alert.h"

#include "daemon/event/json_decoder.h"

namespace alarum::demo {
namespace {

constexpr std::string_view fields_prefix = "evidence.fields.";

/// One alert's document, asked by dotted names.
class Reader {
 public:
  explicit Reader(const JsonDocument& document) : document_(document) {}

  /// All values of `name`, in their order.
  std::vector<std::string> values(std::string_view name) {
    for (const JsonField& field : document_.fields) {
      if (field.name == name) return values(field);
    }
    return {};
  }

  std::vector<std::string> values(const JsonField& field) {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < field.value_count; ++i) {
      const JsonValue& value = document_.values[field.first_value + i];
      if (value.kind == JsonKind::object) continue;
      const auto text = value.kind == JsonKind::text ? unescape(value.raw, arena_) : value.raw;
      out.emplace_back(text.value_or(value.raw));
    }
    return out;
  }

  /// The first value; empty where there is none.
  std::string text(std::string_view name) {
    const std::vector<std::string> all = values(name);
    return all.empty() ? "" : all.front();
  }

 private:
  const JsonDocument& document_;
  Arena arena_;
};

std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out.append(out.empty() ? "" : ", ").append(value);
  return out;
}

std::vector<std::pair<std::string, std::string>> entities_of(Reader& reader) {
  const std::vector<std::string> types = reader.values("entities.type");
  const std::vector<std::string> values = reader.values("entities.value");
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t i = 0; i < types.size() && i < values.size(); ++i) out.emplace_back(types[i], values[i]);
  return out;
}

std::optional<Duration> lag_of(Reader& reader) {
  const auto from = parse_time(reader.text("first_event_time"));
  const auto to = parse_time(reader.text("detected_at"));
  if (!from || !to) return std::nullopt;
  return Duration(to->microseconds - from->microseconds);
}

}  // namespace

Result<ToldAlert> read_alert(std::string_view line) {
  JsonDecoder decoder{JsonLimits{}};
  JsonDocument document;
  if (const auto reason = decoder.decode(line, document)) {
    return Error{ErrorCode::invalid, "an alert is no JSON: " + std::string(reason_name(*reason))};
  }
  Reader reader(document);
  if (reader.text("schema") != "alarum.alert/1") {
    return Error{ErrorCode::invalid, "an alert is not of schema alarum.alert/1"};
  }
  ToldAlert out;
  out.rule_id = reader.text("rule.id");
  out.title = reader.text("rule.title");
  out.level = reader.text("rule.level");
  out.place = reader.text("evidence.topic") + "/" + reader.text("evidence.partition") + ":" +
              reader.text("evidence.offset");
  out.entities = entities_of(reader);
  for (const JsonField& field : document.fields) {
    if (!field.name.starts_with(fields_prefix)) continue;
    out.fields.emplace_back(field.name.substr(fields_prefix.size()), joined(reader.values(field)));
  }
  out.lag = lag_of(reader);
  return out;
}

}  // namespace alarum::demo
