#pragma once

#include "daemon/base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON (RFC 8259) read whole into a tree that owns what it says: for what we wrote ourselves and for
/// requests of tools, where every byte of a text counts and nothing is forgiven. Records of log sources are
/// read by daemon/event/json_decoder, which flattens objects and never copies.
namespace alarum {

struct JsonMember;

/// One value. Any thread.
struct JsonNode {
  enum class Kind { null, boolean, number, text, array, object };

  Kind kind = Kind::null;  ///< what it is
  std::string text;        ///< of a text with its escapes resolved; of a number or boolean as it is written
  std::vector<JsonNode> items;      ///< of an array
  std::vector<JsonMember> members;  ///< of an object, in order; no two are alike

  /// The member of this name; null where there is none, or this is no object.
  const JsonNode* find(std::string_view name) const;
  /// The text of the member of this name, as `text` has it; empty where there is none, or it is null.
  std::string text_of(std::string_view name) const;
  /// The whole number that it is; nothing for anything else, and for what does not fit.
  std::optional<std::int64_t> as_integer() const;
  bool is_text() const { return kind == Kind::text; }
  bool is_null() const { return kind == Kind::null; }
};

/// A name with its value.
struct JsonMember {
  std::string name;
  JsonNode value;
};

/// What a text of JSON may be at most.
struct JsonNodeLimits {
  std::size_t bytes_max = 64U << 20U;
  std::size_t depth_max = 64;
};

/// The word for a kind in messages: `text`, `whole number` is a `number`.
std::string_view json_kind_name(JsonNode::Kind kind);

/// Reads `text`, which has to be one JSON value in UTF-8 and nothing else but white space. A name twice in
/// one object, half a surrogate pair and a raw control character are errors. The error says where: `byte 17:
/// …`.
Result<JsonNode> parse_json(std::string_view text, JsonNodeLimits limits);

}  // namespace alarum
