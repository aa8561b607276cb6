#pragma once

#include "config/yaml_source.h"
#include "daemon/event/event_decoder.h"
#include "daemon/pipeline/lane.h"
#include "daemon/sigma/rule_parser.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small worlds around a decoder, a format and a lane, so that a test says in one line what goes in and in
/// one what comes out. They own the bytes that documents and events are views of.
namespace alarum::test {

/// What a field says, for comparing: its values as they are written, joined by `,`; `null` where one stands.
inline std::string field_text(const JsonDocument& document, const JsonField& field) {
  std::string out = std::string(field.name) + "=";
  for (std::uint32_t i = 0; i < field.value_count; ++i) {
    if (i > 0) out += ',';
    out += document.raw_of(field, i);
  }
  return out + (field.has_null ? "null" : "");
}

/// What the JSON decoder makes of bytes.
class JsonWorld {
 public:
  explicit JsonWorld(JsonLimits limits = {}) : decoder_(limits) {}

  /// The word for the reason why `bytes` are no event; else every field in order, as `a=1 b={ b.c="x"`, and
  /// behind them `!invalid` and `!duplicate`, where something was left out.
  std::string read(std::string bytes) {
    bytes_ = std::move(bytes);
    if (const auto reason = decoder_.decode(bytes_, document_)) return std::string(reason_name(*reason));
    std::string out;
    for (const JsonField& field : document_.fields) {
      out += (out.empty() ? "" : " ") + field_text(document_, field);
    }
    if (document_.has_invalid_value) out += " !invalid";
    if (document_.has_duplicate_name) out += " !duplicate";
    return out;
  }

  const JsonDocument& document() const { return document_; }

 private:
  JsonDecoder decoder_;
  JsonDocument document_;
  std::string bytes_;
};

/// Events of one log source, for rules that name `fields`.
class EventWorld {
 public:
  EventWorld(std::string_view log_source, const std::vector<std::string>& fields)
      : format_(make_format(log_source, fields), fields_), decoder_(format_, {}) {}

  /// Decodes one record; whether it is an event.
  bool decode(std::string bytes, std::optional<Timestamp> record_time = {},
              std::optional<Timestamp> time_before = {}) {
    bytes_ = std::move(bytes);
    const Record record{{"test", "topic", 0, 0, record_time}, bytes_, false};
    return !decoder_.decode(record, time_before).has_value();
  }

  /// The values that `field` has in this event, each in brackets: `[a][b]`; objects as `{}`.
  std::string values(std::string bytes, std::string_view field) {
    return decode(std::move(bytes)) ? text_of(event().values(id(field))) : "no event";
  }

  /// Whether `field` is in this event, be it null.
  bool exists(std::string bytes, std::string_view field) {
    return decode(std::move(bytes)) && event().exists(id(field));
  }

  /// Every scalar of the event, in brackets.
  std::string all_values(std::string bytes) {
    return decode(std::move(bytes)) ? text_of(event().all_values()) : "no event";
  }

  /// What the event is, as `product/service/category,category`.
  std::string event_class(std::string bytes) {
    if (!decode(std::move(bytes))) return "no event";
    const EventClass& found = format_.router().classes()[event().event_class()];
    std::string out = found.product + "/" + found.service + "/";
    for (const std::string& category : found.categories) out += (out.back() == '/' ? "" : ",") + category;
    return out;
  }

  Event& event() { return decoder_.event(); }
  const BoundFormat& format() const { return format_; }
  FieldId id(std::string_view field) const {
    FieldTable fields = fields_;  // where a known name keeps its id
    const FieldId out = fields.intern(field);
    ENSURE(fields.size() == fields_.size(), "the rules or the format of a test name its fields");
    return out;
  }

 private:
  EventFormat make_format(std::string_view log_source, const std::vector<std::string>& fields) {
    for (const std::string& field : fields) fields_.intern(field);
    return *make_event_format(log_source, fields_);
  }

  static std::string text_of(std::span<const FieldValue> values) {
    std::string out;
    for (const FieldValue& value : values) {
      out += value.kind == FieldValue::Kind::object ? "{}" : "[" + std::string(value.text) + "]";
    }
    return out;
  }

  FieldTable fields_;
  BoundFormat format_;
  std::string bytes_;
  EventDecoder decoder_;
};

/// The rules of a YAML text; the test stops where one of them has an error.
inline std::vector<sigma::Rule> rules_of(const std::string& yaml, FieldTable& fields) {
  const SourceFile file{"rules.yml", yaml};
  Diagnostics diagnostics(file);
  std::vector<sigma::Rule> out;
  for (const YamlDocument& document : parse_yaml(file, diagnostics)) {
    auto rule = sigma::parse_rule(document.root, fields, diagnostics);
    ENSURE(rule.has_value(), "the rules of a test are sound");
    rule->revision = "0123456789abcdef";
    out.push_back(*std::move(rule));
  }
  ENSURE(!diagnostics.has_errors(), "the rules of a test are sound");
  return out;
}

/// A rule as short as they come: `detection` is its YAML in flow style, with its condition.
inline std::string rule_text(const std::string& id, const std::string& log_source,
                             const std::string& detection, const std::string& more = "") {
  return "title: " + id + "\nid: " + id + "\nlogsource: {" + log_source + "}\ndetection: {" + detection +
         "}\n" + more + "---\n";
}

/// A lane with rules. Every line that is fed is a record; its offset is its number.
class LaneWorld {
 public:
  LaneWorld(std::string_view log_source, const std::string& rules, JsonLimits limits = {})
      : plan_(make_plan(log_source, rules, limits)), lane_(plan_) {}

  /// Evaluates the lines as one batch, after those before. What comes out is in `output`.
  LaneWorld& feed(std::vector<std::string> lines, std::optional<Timestamp> record_time = {}) {
    lines_ = std::move(lines);
    records_.clear();
    for (const std::string& line : lines_) {
      records_.push_back({{"test", "topic", 0, next_offset_++, record_time}, line, false});
    }
    return feed_records(records_);
  }

  LaneWorld& feed_records(std::span<const Record> records) {
    lane_.evaluate(records, output);
    for (const Alert& alert : output.alerts) alert_lines.push_back(to_json(alert));
    return *this;
  }

  const Plan& plan() const { return *plan_; }
  Lane& lane() { return lane_; }
  /// The ids of the rules that matched in the last batch, joined by blanks.
  std::string matches() const {
    std::string out;
    for (const std::uint32_t rule : output.matches) out += (out.empty() ? "" : " ") + plan_->rules()[rule].id;
    return out;
  }

  LaneOutput output;                     ///< of the last batch
  std::vector<std::string> alert_lines;  ///< of all batches

 private:
  static std::shared_ptr<const Plan> make_plan(std::string_view log_source, const std::string& rules,
                                               JsonLimits limits) {
    FieldTable fields;
    EventFormat format = *make_event_format(log_source, fields);
    auto parsed = rules_of(rules, fields);
    return Plan::compile(std::move(parsed), std::move(fields),
                         SourceFormat{"test", std::string(log_source), std::move(format)}, limits);
  }

  std::shared_ptr<const Plan> plan_;
  Lane lane_;
  std::vector<std::string> lines_;
  std::vector<Record> records_;
  std::int64_t next_offset_ = 0;
};

}  // namespace alarum::test
