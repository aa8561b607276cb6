#include "config/yaml_source.h"

#include "daemon/base/ensure.h"
#include "daemon/base/utf8.h"

#include <yaml.h>

#include <algorithm>
#include <cstdint>
#include <map>

namespace alarum {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Turns libyaml's marks, which count code points, into bytes of the file.
class ByteOffsets {
 public:
  explicit ByteOffsets(std::string_view text) : size_(text.size()) {
    const bool is_ascii =
        std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
    if (is_ascii) return;
    for (std::size_t at = 0; at < text.size(); at += code_point_at(text, at).size) {
      offsets_.push_back(static_cast<std::uint32_t>(at));
    }
  }

  std::size_t of(const yaml_mark_t& mark) const {
    if (offsets_.empty()) return std::min(mark.index, size_);
    return mark.index < offsets_.size() ? offsets_[mark.index] : size_;
  }

 private:
  std::size_t size_;
  std::vector<std::uint32_t> offsets_;  // by code point; empty where both are the same
};

Position position_of(const yaml_mark_t& mark) {
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

/// One event of libyaml, freed at the end of its turn.
struct OwnedEvent {
  yaml_event_t event = {};
  OwnedEvent() = default;
  OwnedEvent(const OwnedEvent&) = delete;
  OwnedEvent& operator=(const OwnedEvent&) = delete;
  ~OwnedEvent() { yaml_event_delete(&event); }
};

struct OwnedParser {
  yaml_parser_t parser = {};
  OwnedParser() { ENSURE(yaml_parser_initialize(&parser) == 1, "libyaml has memory for a parser"); }
  OwnedParser(const OwnedParser&) = delete;
  OwnedParser& operator=(const OwnedParser&) = delete;
  ~OwnedParser() { yaml_parser_delete(&parser); }
};

/// Builds nodes out of events. A node under construction stands on the stack.
class TreeBuilder {
 public:
  TreeBuilder(const SourceFile& file, Diagnostics& diagnostics, const YamlLimits& limits)
      : diagnostics_(diagnostics), limits_(limits), offsets_(file.text), file_size_(file.text.size()) {}

  /// False where reading on makes no sense.
  bool take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_SCALAR_EVENT: return take_scalar(event);
      case YAML_ALIAS_EVENT:
        diagnostics_.error(position_of(event.start_mark), "yaml_alias",
                           "aliases are not allowed in rules and configuration", "write the value out");
        return add(node_at(event, YamlNode::Kind::scalar));
      case YAML_SEQUENCE_START_EVENT: return open(event, YamlNode::Kind::sequence);
      case YAML_MAPPING_START_EVENT: return open(event, YamlNode::Kind::mapping);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: return close(event);
      case YAML_DOCUMENT_END_EVENT: end_document(event); return true;
      default: return true;
    }
  }

  std::vector<YamlDocument> finish() {
    if (!documents_.empty()) documents_.back().end_offset = file_size_;
    return std::move(documents_);
  }

 private:
  struct Open {
    YamlNode node;
    std::map<std::string, std::uint32_t> keys;  // and the lines they are in
    std::optional<YamlNode> key;                // whose value comes next
  };

  YamlNode node_at(const yaml_event_t& event, YamlNode::Kind kind) const {
    YamlNode out;
    out.kind = kind;
    out.start = position_of(event.start_mark);
    out.end = position_of(event.end_mark);
    out.start_offset = offsets_.of(event.start_mark);
    out.end_offset = offsets_.of(event.end_mark);
    return out;
  }

  void refuse(const yaml_event_t& event, const yaml_char_t* anchor, const yaml_char_t* tag) {
    const Position at = position_of(event.start_mark);
    if (anchor != nullptr) {
      diagnostics_.error(at, "yaml_anchor", "anchors are not allowed in rules and configuration",
                         "leave out '&…'; a value that begins with '&' needs quotes");
    }
    if (tag != nullptr) {
      diagnostics_.error(at, "yaml_tag", "tags are not allowed in rules and configuration",
                         "leave out '!…'; a value that begins with '!' needs quotes");
    }
  }

  bool take_scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    refuse(event, scalar.anchor, scalar.tag);
    YamlNode node = node_at(event, YamlNode::Kind::scalar);
    node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    node.quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return add(std::move(node));
  }

  bool open(const yaml_event_t& event, YamlNode::Kind kind) {
    const bool is_map = kind == YamlNode::Kind::mapping;
    refuse(event, is_map ? event.data.mapping_start.anchor : event.data.sequence_start.anchor,
           is_map ? event.data.mapping_start.tag : event.data.sequence_start.tag);
    if (stack_.size() >= limits_.depth_max) {
      diagnostics_.error(position_of(event.start_mark), "yaml_too_deep",
                         "nested deeper than " + std::to_string(limits_.depth_max) + " levels");
      return false;
    }
    stack_.push_back({node_at(event, kind), {}, {}});
    return true;
  }

  bool close(const yaml_event_t& event) {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    node.end = position_of(event.end_mark);
    node.end_offset = offsets_.of(event.end_mark);
    return add(std::move(node));
  }

  bool add(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return true;
    }
    Open& parent = stack_.back();
    if (parent.node.is_sequence()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      add_member(parent, std::move(node));
    }
    return true;
  }

  void add_member(Open& parent, YamlNode value) {
    YamlNode key = *std::move(parent.key);
    parent.key.reset();
    if (!key.is_scalar()) {
      diagnostics_.error(key.start, "yaml_key", "a key must be text, not " + std::string(key.kind_name()));
      return;
    }
    const auto [first, is_new] = parent.keys.try_emplace(key.text, key.start.line);
    if (is_new) {
      parent.node.members.push_back({std::move(key), std::move(value)});
    } else {
      diagnostics_.error(
          key.start, "yaml_duplicate_key",
          "the key '" + key.text + "' is there already, in line " + std::to_string(first->second),
          "give the two different names, or make their values one list");
    }
  }

  void end_document(const yaml_event_t& event) {
    const std::size_t end = offsets_.of(event.end_mark);
    if (!root_.is_null()) documents_.push_back({std::move(root_), document_start_, end});
    document_start_ = end;
    root_ = {};
  }

  Diagnostics& diagnostics_;
  const YamlLimits& limits_;
  ByteOffsets offsets_;
  std::size_t file_size_;
  std::vector<Open> stack_;
  YamlNode root_;
  std::size_t document_start_ = 0;
  std::vector<YamlDocument> documents_;
};

/// libyaml's message, with what people usually did where it leaves them puzzled.
void report_syntax(const yaml_parser_t& parser, const SourceFile& file, Diagnostics& diagnostics) {
  std::string message = parser.problem == nullptr ? "this is no YAML" : parser.problem;
  if (parser.context != nullptr) {
    message +=
        " (" + std::string(parser.context) + " in line " + std::to_string(parser.context_mark.line + 1) + ")";
  }
  const ByteOffsets offsets(file.text);
  const std::size_t at = offsets.of(parser.problem_mark);
  const bool is_tab = at < file.text.size() && file.text[at] == '\t';
  diagnostics.error(position_of(parser.problem_mark), "yaml_syntax", message,
                    is_tab ? "YAML is indented with spaces; this is a tab" : "");
}

/// Where the bytes stop being UTF-8, if they do.
std::optional<Position> first_bad_byte(std::string_view text) {
  Position position{1, 1};
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if ((point.value & utf8_invalid) != 0) return position;
    if (point.value == '\n') {
      position = {position.line + 1, 1};
    } else {
      ++position.column;
    }
    at += point.size;
  }
  return std::nullopt;
}

}  // namespace

std::vector<YamlDocument> parse_yaml(const SourceFile& file, Diagnostics& diagnostics,
                                     const YamlLimits& limits) {
  if (file.text.size() > limits.bytes_max) {
    diagnostics.error({}, "yaml_too_large",
                      "the file is larger than " + std::to_string(limits.bytes_max) + " bytes");
    return {};
  }
  if (const auto bad = first_bad_byte(file.text)) {
    diagnostics.error(*bad, "yaml_encoding", "the file is not UTF-8", "save it as UTF-8");
    return {};
  }

  OwnedParser owned;
  yaml_parser_t& parser = owned.parser;
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(file.text.data()),
                               file.text.size());
  TreeBuilder builder(file, diagnostics, limits);
  for (;;) {
    OwnedEvent owned_event;
    if (yaml_parser_parse(&parser, &owned_event.event) == 0) {
      report_syntax(parser, file, diagnostics);
      break;
    }
    if (owned_event.event.type == YAML_STREAM_END_EVENT || !builder.take(owned_event.event)) break;
  }
  return builder.finish();
}

Position position_in_scalar(const SourceFile& file, const YamlNode& scalar, std::size_t offset) {
  const std::string_view source(file.text);
  std::size_t at = scalar.start_offset;
  const std::size_t end = std::min(scalar.end_offset, source.size());
  const bool is_block = at < end && scalar.quoted && (source[at] == '|' || source[at] == '>');
  if (is_block) at = std::min(source.find('\n', at), end);
  if (scalar.quoted && !is_block) ++at;
  // The text is the source with something left out (indentation, escapes) and line breaks that became spaces,
  // so walking both finds each character of the text at or after its predecessor.
  for (std::size_t i = 0; i <= std::min(offset, scalar.text.size()); ++i) {
    if (i == scalar.text.size()) break;
    const char wanted = scalar.text[i];
    while (at < end && source[at] != wanted && !(is_blank(wanted) && is_blank(source[at]))) ++at;
    if (i < offset) ++at;
  }
  Position out = scalar.start;
  for (std::size_t i = scalar.start_offset; i < std::min(at, end);) {
    if (source[i] == '\n') {
      out = {out.line + 1, 1};
    } else {
      ++out.column;
    }
    i += code_point_at(source, i).size;
  }
  return out;
}

}  // namespace alarum
