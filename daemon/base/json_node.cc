#include "daemon/base/json_node.h"

#include "daemon/base/decimal.h"
#include "daemon/base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>

namespace alarum {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// A scalar without quotes goes on to here.
constexpr bool ends_word(char c) { return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':'; }

/// Reads from the left to the right, once. What has been read is in the tree, what is wrong in `error_`.
class JsonReader {
 public:
  JsonReader(std::string_view text, JsonNodeLimits limits) : text_(text), limits_(limits) {}

  Result<JsonNode> read() {
    if (text_.size() > limits_.bytes_max)
      return Error{ErrorCode::limit, "longer than " + std::to_string(limits_.bytes_max) + " bytes"};
    JsonNode out;
    if (!read_value(out, 0)) return failure();
    skip_space();
    if (at_ < text_.size()) {
      fail("something follows the value");
      return failure();
    }
    return out;
  }

 private:
  Error failure() const {
    return {ErrorCode::invalid, "byte " + std::to_string(at_) + ": " + std::string(problem_)};
  }
  bool fail(std::string_view problem) {
    problem_ = problem;
    return false;
  }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char wanted) {
    skip_space();
    if (next() != wanted) return false;
    ++at_;
    return true;
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as `depth_max`
  bool read_value(JsonNode& out, std::size_t depth) {
    if (depth > limits_.depth_max) return fail("nested too deep");
    skip_space();
    if (at_ >= text_.size()) return fail("ends where a value is expected");
    if (next() == '"') {
      out.kind = JsonNode::Kind::text;
      return read_text(out.text);
    }
    if (take('{')) return read_members(out, depth);
    if (take('[')) return read_items(out, depth);
    return read_word(out);
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as `depth_max`
  bool read_items(JsonNode& out, std::size_t depth) {
    out.kind = JsonNode::Kind::array;
    if (take(']')) return true;
    do {
      if (!read_value(out.items.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']') || fail("',' or ']' is expected");
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as `depth_max`
  bool read_members(JsonNode& out, std::size_t depth) {
    out.kind = JsonNode::Kind::object;
    if (take('}')) return true;
    std::set<std::string, std::less<>> names;
    do {
      skip_space();
      if (next() != '"') return fail("a name in quotes is expected");
      JsonMember& member = out.members.emplace_back();
      if (!read_text(member.name)) return false;
      if (!names.insert(member.name).second) return fail("a name comes twice in one object");
      if (!take(':')) return fail("':' is expected");
      if (!read_value(member.value, depth + 1)) return false;
    } while (take(','));
    return take('}') || fail("',' or '}' is expected");
  }

  bool read_word(JsonNode& out) {
    std::size_t end = at_;
    while (end < text_.size() && !ends_word(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "null") {
      out.kind = JsonNode::Kind::null;
    } else if (word == "true" || word == "false") {
      out.kind = JsonNode::Kind::boolean;
    } else if (is_json_number(word)) {
      out.kind = JsonNode::Kind::number;
    } else {
      return fail("no value begins so");
    }
    if (out.kind != JsonNode::Kind::null) out.text = word;
    at_ = end;
    return true;
  }

  bool read_text(std::string& out) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        if (!read_escape(out)) return false;
        continue;
      }
      const CodePoint point = code_point_at(text_, at_);
      if ((point.value & utf8_invalid) != 0) return fail("not UTF-8");
      if (point.value < 0x20U) return fail("a control character has to be escaped");
      out += text_.substr(at_, point.size);
      at_ += point.size;
    }
    if (at_ >= text_.size()) return fail("ends within a text");
    ++at_;
    return true;
  }

  bool read_escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    const std::size_t letter = letters.find(next());
    if (at_ < text_.size() && letter != std::string_view::npos) {
      out += meanings[letter];
      ++at_;
      return true;
    }
    if (next() != 'u') return fail("no escape is written so");
    ++at_;
    std::uint32_t high = 0;
    if (!read_hex(high)) return false;
    if (high >= 0xDC00U && high <= 0xDFFFU) return fail("half a surrogate pair");
    if (high >= 0xD800U && high <= 0xDBFFU) {
      std::uint32_t low = 0;
      if (text_.substr(at_, 2) != "\\u") return fail("half a surrogate pair");
      at_ += 2;
      if (!read_hex(low)) return false;
      if (low < 0xDC00U || low > 0xDFFFU) return fail("half a surrogate pair");
      high = 0x10000U + ((high - 0xD800U) << 10U) + (low - 0xDC00U);
    }
    append_utf8(out, high);
    return true;
  }

  bool read_hex(std::uint32_t& out) {
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + digits.size())
      return fail("four hex digits are expected");
    at_ += digits.size();
    return true;
  }

  std::string_view text_;
  JsonNodeLimits limits_;
  std::size_t at_ = 0;
  std::string_view problem_;
};

}  // namespace

const JsonNode* JsonNode::find(std::string_view name) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const JsonMember& one) { return one.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

std::string JsonNode::text_of(std::string_view name) const {
  const JsonNode* const found = find(name);
  return found == nullptr ? std::string() : found->text;
}

std::optional<std::int64_t> JsonNode::as_integer() const {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (kind != Kind::number || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::string_view json_kind_name(JsonNode::Kind kind) {
  switch (kind) {
    case JsonNode::Kind::null: return "null";
    case JsonNode::Kind::boolean: return "boolean";
    case JsonNode::Kind::number: return "number";
    case JsonNode::Kind::text: return "text";
    case JsonNode::Kind::array: return "list";
    case JsonNode::Kind::object: return "object";
  }
  return "null";
}

Result<JsonNode> parse_json(std::string_view text, JsonNodeLimits limits) {
  return JsonReader(text, limits).read();
}

}  // namespace alarum
