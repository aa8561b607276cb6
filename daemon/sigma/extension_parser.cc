#include "daemon/sigma/extension_parser.h"

#include "daemon/base/json_writer.h"
#include "daemon/base/suggest.h"

#include <algorithm>
#include <array>

namespace alarum::sigma {
namespace {

constexpr std::array<std::string_view, 3> known_keys = {"entities", "stage", "tests"};
constexpr std::array<std::string_view, 2> later_keys = {"respond", "suppress"};
constexpr std::array<std::string_view, 3> test_keys = {"events", "match", "name"};

/// A YAML value as JSON: how a test writes the event that a source would deliver.
void write_json(const YamlNode& node, JsonWriter& json) {
  if (node.is_sequence()) {
    json.begin_array();
    for (const YamlNode& item : node.items) write_json(item, json);
    json.end_array();
  } else if (node.is_mapping()) {
    json.begin_object();
    for (const YamlMember& member : node.members) {
      json.key(member.key.text);
      write_json(member.value, json);
    }
    json.end_object();
  } else if (node.is_null()) {
    json.null();
  } else if (const auto boolean = node.as_bool()) {
    json.boolean(*boolean);
  } else if (const auto number = node.as_number(); number && is_json_number(*number)) {
    json.raw(*number);
  } else {
    json.text(node.text);
  }
}

class ExtensionParser {
 public:
  ExtensionParser(FieldTable& fields, Diagnostics& diagnostics)
      : fields_(fields), diagnostics_(diagnostics) {}

  Extension parse(const YamlNode& node) {
    Extension out;
    if (!expect(node.is_mapping(), node, "'alarum' must be a mapping")) return out;
    for (const YamlMember& member : node.members) {
      const std::string_view key = member.key.text;
      if (key == "stage") {
        parse_stage(member.value, out);
      } else if (key == "entities") {
        parse_entities(member.value, out);
      } else if (key == "tests") {
        parse_tests(member.value, out);
      } else if (std::find(later_keys.begin(), later_keys.end(), key) != later_keys.end()) {
        diagnostics_.error(member.key.start, "unsupported",
                           "'alarum: " + member.key.text + "' is not yet supported", "leave it out");
      } else {
        diagnostics_.error(member.key.start, "unknown_key",
                           "unknown key '" + member.key.text + "' below 'alarum'",
                           did_you_mean(key, known_keys));
      }
    }
    return out;
  }

 private:
  bool expect(bool holds, const YamlNode& at, std::string message, std::string hint = {}) {
    if (!holds) diagnostics_.error(at.start, "invalid_value", std::move(message), std::move(hint));
    return holds;
  }

  void parse_stage(const YamlNode& node, Extension& out) {
    constexpr std::array<std::string_view, 3> stages = {"shadow", "alert", "respond"};
    const auto* const found = std::find(stages.begin(), stages.end(), node.text);
    if (!expect(node.is_scalar() && found != stages.end(), node,
                "'stage' is shadow, alert or respond, not " +
                    (node.is_scalar() ? "'" + node.text + "'" : "a list"),
                did_you_mean(node.text, stages))) {
      return;
    }
    out.stage = static_cast<Extension::Stage>(found - stages.begin());
  }

  void parse_entities(const YamlNode& node, Extension& out) {
    if (!expect(node.is_mapping(), node, "'entities' maps types to fields, as in 'source.ip: SourceIp'"))
      return;
    for (const YamlMember& member : node.members) {
      const bool is_name = member.value.is_scalar() && !member.value.text.empty();
      if (!expect(is_name, member.value, "the entity '" + member.key.text + "' needs the name of a field"))
        continue;
      out.entities.push_back({member.key.text, fields_.intern(member.value.text)});
    }
  }

  void parse_tests(const YamlNode& node, Extension& out) {
    if (!expect(node.is_sequence(), node, "'tests' is a list of {name, events, match}")) return;
    for (const YamlNode& item : node.items) parse_test(item, out);
  }

  void parse_test(const YamlNode& node, Extension& out) {
    if (!expect(node.is_mapping(), node, "a test is a mapping {name, events, match}")) return;
    for (const YamlMember& member : node.members) {
      if (std::find(test_keys.begin(), test_keys.end(), member.key.text) != test_keys.end()) continue;
      diagnostics_.error(member.key.start, "unknown_key", "unknown key '" + member.key.text + "' in a test",
                         did_you_mean(member.key.text, test_keys));
    }
    Extension::Test test;
    test.position = node.start;
    const YamlNode* const name = node.find("name");
    const YamlNode* const match = node.find("match");
    const YamlNode* const events = node.find("events");
    if (!expect(name != nullptr && name->is_scalar() && !name->text.empty(), node, "the test has no 'name'"))
      return;
    test.name = name->text;
    if (!expect(match != nullptr && match->as_bool().has_value(), node,
                "the test has no 'match: true' or 'false'")) {
      return;
    }
    test.match = *match->as_bool();
    if (!expect(events != nullptr && events->is_sequence() && !events->items.empty(), node,
                "the test has no 'events', a list of mappings")) {
      return;
    }
    for (const YamlNode& event : events->items) {
      if (!expect(event.is_mapping(), event, "an event of a test is a mapping of fields")) return;
      JsonWriter json(test.events.emplace_back());
      write_json(event, json);
    }
    out.tests.push_back(std::move(test));
  }

  FieldTable& fields_;
  Diagnostics& diagnostics_;
};

}  // namespace

Extension parse_extension(const YamlNode& node, FieldTable& fields, Diagnostics& diagnostics) {
  return ExtensionParser(fields, diagnostics).parse(node);
}

}  // namespace alarum::sigma
