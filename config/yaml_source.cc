#include "config/yaml_source.h"

#include "daemon/base/ensure.h"
#include "daemon/base/utf8.h"

#include <yaml.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>

namespace alarum {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::size_t size_of_byte_order_mark(std::string_view text) {
  return text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
}

/// Turns libyaml's marks, which count the code points behind the byte order mark, into places of the file.
/// Its lines are not used: for libyaml U+2028 and others end one, for editors they do not.
class Places {
 public:
  explicit Places(std::string_view text) : begin_(size_of_byte_order_mark(text)), size_(text.size()) {
    for (std::size_t at = begin_; at < text.size(); at += code_point_at(text, at).size) {
      offsets_.push_back(static_cast<std::uint32_t>(at));
      if (text[at] == '\n') lines_.push_back(offsets_.size());
    }
  }

  /// In bytes from the start of the file.
  std::size_t offset(const yaml_mark_t& mark) const {
    return mark.index < offsets_.size() ? offsets_[mark.index] : size_;
  }

  Position position(const yaml_mark_t& mark) const {
    return position_of_code_point(std::min(mark.index, offsets_.size()));
  }

  /// The place of a byte, counted from behind the byte order mark as libyaml's reader does.
  Position position_of_byte(std::size_t offset) const {
    const auto found = std::lower_bound(offsets_.begin(), offsets_.end(), begin_ + offset);
    return position_of_code_point(static_cast<std::size_t>(found - offsets_.begin()));
  }

 private:
  Position position_of_code_point(std::size_t index) const {
    const auto next_line = std::upper_bound(lines_.begin(), lines_.end(), index);
    return {static_cast<std::uint32_t>(next_line - lines_.begin()),
            static_cast<std::uint32_t>(index - *(next_line - 1) + 1)};
  }

  std::size_t begin_;
  std::size_t size_;
  std::vector<std::uint32_t> offsets_;    // of code points, in bytes
  std::vector<std::size_t> lines_ = {0};  // the code points they begin with
};

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
      : diagnostics_(diagnostics), limits_(limits), places_(file.text), file_size_(file.text.size()) {}

  /// False where reading on makes no sense.
  bool take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_SCALAR_EVENT: return take_scalar(event);
      case YAML_ALIAS_EVENT:
        diagnostics_.error(places_.position(event.start_mark), "yaml_alias",
                           "aliases are not allowed in rules and configuration",
                           "put text that begins with * into quotes; what an alias stands for, write out");
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
    out.start = places_.position(event.start_mark);
    out.end = places_.position(event.end_mark);
    out.start_offset = places_.offset(event.start_mark);
    out.end_offset = places_.offset(event.end_mark);
    return out;
  }

  void refuse(const yaml_event_t& event, const yaml_char_t* anchor, const yaml_char_t* tag) {
    const Position at = places_.position(event.start_mark);
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
      diagnostics_.error(places_.position(event.start_mark), "yaml_too_deep",
                         "nested deeper than " + std::to_string(limits_.depth_max) + " levels");
      return false;
    }
    stack_.push_back({node_at(event, kind), {}, {}});
    return true;
  }

  bool close(const yaml_event_t& event) {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    node.end = places_.position(event.end_mark);
    node.end_offset = places_.offset(event.end_mark);
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
    const std::size_t end = places_.offset(event.end_mark);
    if (!root_.is_null()) {
      documents_.push_back({std::move(root_), document_start_, end});
      document_start_ = end;  // an empty document belongs to the next one
    }
    root_ = {};
  }

  Diagnostics& diagnostics_;
  const YamlLimits& limits_;
  Places places_;
  std::size_t file_size_;
  std::vector<Open> stack_;
  YamlNode root_;
  std::size_t document_start_ = 0;
  std::vector<YamlDocument> documents_;
};

/// libyaml's message, with what people usually did where it leaves them puzzled.
void report_syntax(const yaml_parser_t& parser, const SourceFile& file, Diagnostics& diagnostics) {
  const Places places(file.text);
  std::string message = parser.problem == nullptr ? "this is no YAML" : parser.problem;
  if (parser.error == YAML_READER_ERROR) {  // a character that YAML does not have; it comes without a mark
    return diagnostics.error(places.position_of_byte(parser.problem_offset), "yaml_syntax", message);
  }
  if (parser.context != nullptr) {
    message += " (" + std::string(parser.context) + " in line " +
               std::to_string(places.position(parser.context_mark).line) + ")";
  }
  const std::size_t at = places.offset(parser.problem_mark);
  const bool is_tab = at < file.text.size() && file.text[at] == '\t';
  diagnostics.error(places.position(parser.problem_mark), "yaml_syntax", message,
                    is_tab ? "YAML is indented with spaces; this is a tab" : "");
}

/// An escape of a double-quoted scalar: its bytes in the file, and those of the text it stands for.
struct Escape {
  std::size_t source_size;
  std::size_t text_size;
};

Escape escape_at(std::string_view source, std::size_t at) {
  const char kind = at + 1 < source.size() ? source[at + 1] : '\\';
  switch (kind) {
    case '\r':
    case '\n': return {2, 0};
    case 'N':
    case '_': return {2, 2};
    case 'L':
    case 'P': return {2, 3};
    case 'x':
    case 'u':
    case 'U': break;
    default: return {2, 1};
  }
  const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
  const std::string_view hex = source.substr(at + 2, digits);
  std::uint32_t value = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  std::string text;
  append_utf8(text, value);
  return {2 + digits, text.size()};
}

/// Where the bytes stop being UTF-8, if they do.
std::optional<Position> first_bad_byte(std::string_view text) {
  Position position{1, 1};
  for (std::size_t at = size_of_byte_order_mark(text); at < text.size();) {
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
  const auto content = std::string_view(file.text).substr(size_of_byte_order_mark(file.text));
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(content.data()),
                               content.size());
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
  const bool is_double_quoted = at < end && scalar.quoted && source[at] == '"';
  if (is_block) at = std::min(source.find('\n', at), end);
  if (scalar.quoted && !is_block) ++at;
  // The text is the source with something left out (indentation, quotes) and line breaks that became spaces,
  // so walking both finds each character of the text at or after its predecessor.
  for (std::size_t i = 0; i < scalar.text.size() && at < end;) {
    if (is_double_quoted && source[at] == '\\') {
      const Escape escape = escape_at(source, at);
      if (offset < i + escape.text_size) break;
      i += escape.text_size;
      at += escape.source_size;
      continue;
    }
    const bool is_same = source[at] == scalar.text[i] || (is_blank(scalar.text[i]) && is_blank(source[at]));
    if (is_same && i++ == offset) break;
    ++at;
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
