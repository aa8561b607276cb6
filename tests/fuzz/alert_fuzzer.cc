// What the ledger takes from the outbox: whatever the bytes, reading ends, and what was read is what was
// written.
#include "daemon/base/ensure.h"
#include "daemon/base/json_node.h"
#include "daemon/base/json_writer.h"
#include "daemon/respond/committed_alert.h"
#include "daemon/respond/incident.h"

#include <cstdint>

namespace alarum {
namespace {

constexpr JsonNodeLimits limits{.bytes_max = 1U << 20U, .depth_max = 60};

// NOLINTNEXTLINE(misc-no-recursion): as deep as the limit
void write(const JsonNode& node, JsonWriter& json) {
  switch (node.kind) {
    case JsonNode::Kind::text: json.text(node.text); break;
    case JsonNode::Kind::null: json.null(); break;
    case JsonNode::Kind::boolean:
    case JsonNode::Kind::number: json.raw(node.text); break;
    case JsonNode::Kind::array:
      json.begin_array();
      for (const JsonNode& item : node.items) write(item, json);
      json.end_array();
      break;
    case JsonNode::Kind::object:
      json.begin_object();
      for (const JsonMember& member : node.members) {
        json.key(member.name);
        write(member.value, json);
      }
      json.end_object();
      break;
  }
}

std::string written(const JsonNode& node) {
  std::string out;
  JsonWriter json(out);
  write(node, json);
  return out;
}

void check(std::string_view bytes) {
  const auto read = parse_json(bytes, limits);
  if (!read) return;
  const std::string text = written(*read);
  const auto again = parse_json(text, limits);
  ENSURE(again.has_value(), "what was read can be written and read");
  ENSURE(written(*again) == text, "what is read again is what was read");

  const JsonNode* const id = read->find("alert_id");
  const std::string key = id == nullptr ? "" : id->text;
  const auto alert = read_committed_alert(key, bytes);
  if (!alert) return;
  ENSURE(alert->id == key && alert->json == bytes, "an alert is kept as it came");
  ENSURE(alert->entities.size() <= alert_entities_max, "entities have a bound");
  ENSURE(incident_levels[level_rank(alert->level)] == alert->level, "a level is one of ours");
  ENSURE(alert->begins() <= alert->ends(), "an alert does not end before it begins");
}

}  // namespace
}  // namespace alarum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  alarum::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
