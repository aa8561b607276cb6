#include "daemon/event/json_decoder.h"

#include "daemon/base/decimal.h"
#include "daemon/base/ensure.h"
#include "daemon/event/field_table.h"
#include "daemon/event/name_index.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace alarum {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20U; }

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view trim_start(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

/// Control characters inside strings are no JSON, but they do not blur where the strings end. simdjson
/// refuses the whole record for them; so they are masked in its copy, and the strings that hold them are
/// invalid values.
void mask_control_characters(char* bytes, std::size_t size) {
  bool in_string = false;
  for (std::size_t i = 0; i < size; ++i) {
    if (in_string && bytes[i] == '\\') {
      ++i;  // whatever is escaped ends no string
    } else if (bytes[i] == '"') {
      in_string = !in_string;
    }
    if (in_string && i < size && is_control(bytes[i])) bytes[i] = '?';
  }
}

/// A string from quote to quote; or anything else without quotes and escapes in it, which would blur the
/// structure.
bool is_sound_scalar(std::string_view raw) {
  if (raw.front() == '"') return raw.size() >= 2 && raw.back() == '"';
  return raw.find_first_of("\"\\") == std::string_view::npos;
}

/// Why simdjson's or our own walk failed, from the bytes alone: where the brackets first balance, what
/// follows.
UndecodableReason reason_for(std::string_view bytes) {
  if (!simdjson::validate_utf8(bytes.data(), bytes.size())) return UndecodableReason::not_utf8;
  if (trim_start(bytes).front() != '{') return UndecodableReason::not_object;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      const bool is_last = trim_end(bytes.substr(i + 1)).empty();
      return is_last ? UndecodableReason::malformed : UndecodableReason::trailing_data;
    }
  }
  return UndecodableReason::cut_off;
}

}  // namespace

std::string_view reason_name(UndecodableReason reason) {
  switch (reason) {
    case UndecodableReason::empty: return "empty";
    case UndecodableReason::too_large: return "too_large";
    case UndecodableReason::not_utf8: return "not_utf8";
    case UndecodableReason::not_object: return "not_object";
    case UndecodableReason::cut_off: return "cut_off";
    case UndecodableReason::malformed: return "malformed";
    case UndecodableReason::trailing_data: return "trailing_data";
    case UndecodableReason::too_deep: return "too_deep";
    case UndecodableReason::too_many_values: return "too_many_values";
  }
  return "malformed";
}

/// Walks the structural indexes of simdjson's first stage: one index for each bracket, colon and comma
/// outside of strings, and for the start of each scalar. Every index is looked at, so nothing unsound slips
/// through.
class JsonDecoder::Impl {
 public:
  explicit Impl(JsonLimits limits) : limits_(limits) {}

  std::optional<UndecodableReason> decode(std::string_view bytes, JsonDocument& document) {
    start(bytes, document);
    if (trim_end(bytes_).empty()) return UndecodableReason::empty;
    if (bytes_.size() > limits_.bytes_max) return UndecodableReason::too_large;
    if (!find_structure()) return reason_for(bytes_);
    const bool sound = take('{') && walk_object(1) && next_ == parser_->n_structural_indexes;
    if (limit_hit_) return limit_hit_;
    if (!sound) return reason_for(bytes_);
    group_values();
    return std::nullopt;
  }

 private:
  /// An object inside an array starts a scope of its own: the same names may come again in the next one.
  using Scope = std::uint32_t;

  void start(std::string_view bytes, JsonDocument& document) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
    bytes_ = bytes;
    document_ = &document;
    document.fields.clear();
    document.values.clear();
    document.has_invalid_value = false;
    document.has_duplicate_name = false;
    names_.reset();
    name_bytes_ = 0;
    seen_.clear();
    scope_of_field_.clear();
    value_fields_.clear();
    scope_parents_.assign(1, 0);
    path_.clear();
    scope_ = 0;
    next_ = 0;
    limit_hit_.reset();
    masked_ = false;
  }

  /// Copies the bytes behind padding and runs the first stage.
  bool find_structure() {
    const std::size_t size = bytes_.size();
    if (copy_.size() < size + simdjson::SIMDJSON_PADDING) copy_.resize(2 * size + simdjson::SIMDJSON_PADDING);
    std::memcpy(copy_.data(), bytes_.data(), size);
    std::memset(copy_.data() + size, 0, simdjson::SIMDJSON_PADDING);
    if (!parser_ || parser_->capacity() < size) {
      const std::size_t capacity = std::max<std::size_t>(2 * size, 64 * 1024);
      const auto error =
          simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, parser_);
      ENSURE(error == simdjson::SUCCESS, "the decoder's buffers can be allocated");
    }
    auto* const bytes = reinterpret_cast<std::uint8_t*>(copy_.data());
    auto error = parser_->stage1(bytes, size, simdjson::stage1_mode::regular);
    if (error == simdjson::UNESCAPED_CHARS) {
      masked_ = true;
      mask_control_characters(copy_.data(), size);
      error = parser_->stage1(bytes, size, simdjson::stage1_mode::regular);
    }
    return error == simdjson::SUCCESS;
  }

  std::size_t index_at(std::size_t i) const {
    return i < parser_->n_structural_indexes ? parser_->structural_indexes[i] : bytes_.size();
  }
  /// The byte at the next structural index; zero at the end.
  char token() const { return next_ < parser_->n_structural_indexes ? bytes_[index_at(next_)] : '\0'; }
  bool take(char wanted) {
    if (token() != wanted) return false;
    ++next_;
    return true;
  }
  /// Ends the walk.
  bool hit_limit(UndecodableReason reason) {
    limit_hit_ = reason;
    return false;
  }

  std::string_view take_scalar() {
    const std::size_t begin = index_at(next_);
    const std::size_t end = index_at(++next_);
    return trim_end(bytes_.substr(begin, end - begin));
  }

  /// The members of an object whose brace has been taken.
  bool walk_object(std::size_t depth) {
    if (depth > limits_.depth_max) return hit_limit(UndecodableReason::too_deep);
    if (take('}')) return true;
    do {
      if (token() != '"') return false;
      const std::string_view raw_key = take_scalar();
      if (!is_sound_scalar(raw_key) || !take(':')) return false;
      const std::size_t path_size = path_.size();
      const bool valid_key = append_to_path(raw_key, depth);
      if (!valid_key) document_->has_invalid_value = true;
      const bool sound = valid_key ? walk_member(depth) : skip_value(depth);
      path_.resize(path_size);
      if (!sound) return false;
    } while (take(','));
    return take('}');
  }

  /// The value of the name in `path_`, unless the name came before.
  bool walk_member(std::size_t depth) {
    name_bytes_ += path_.size();
    if (name_bytes_ > limits_.bytes_max) return hit_limit(UndecodableReason::too_large);
    const auto field = field_for_path();
    if (!field) {
      document_->has_duplicate_name = true;
      return skip_value(depth);
    }
    return walk_value(*field, depth);
  }

  bool walk_value(std::uint32_t field, std::size_t depth) {
    const char first = token();
    if (first == '{') {
      const bool fits = add_value(field, {JsonKind::object, bytes_.substr(index_at(next_++), 1)});
      return fits && walk_object(depth + 1);
    }
    if (first == '[') {
      ++next_;
      return walk_array(field, depth + 1);
    }
    return walk_scalar(field);
  }

  /// The elements of an array whose bracket has been taken; all of them are values of `field`.
  bool walk_array(std::uint32_t field, std::size_t depth) {
    if (depth > limits_.depth_max) return hit_limit(UndecodableReason::too_deep);
    if (take(']')) return true;
    const Scope outer = scope_;
    do {
      if (token() == '{') {
        scope_ = static_cast<Scope>(scope_parents_.size());
        scope_parents_.push_back(outer);
      }
      const bool sound = walk_value(field, depth);
      scope_ = outer;
      if (!sound) return false;
    } while (take(','));
    return take(']');
  }

  bool walk_scalar(std::uint32_t field) {
    const char first = token();
    if (!at_scalar()) return false;
    const std::string_view raw = take_scalar();
    if (!is_sound_scalar(raw)) return false;
    if (first == '"') {
      return is_valid_string(raw) ? add_value(field, {JsonKind::text, raw}) : drop_value();
    }
    if (raw == "null") {
      document_->fields[field].has_null = true;
      return true;
    }
    if (raw == "true" || raw == "false") return add_value(field, {JsonKind::boolean, raw});
    return is_json_number(raw) ? add_value(field, {JsonKind::number, raw}) : drop_value();
  }

  /// Walks over a value that counts for nothing, and still sees that it is sound.
  bool skip_value(std::size_t depth) {
    const char first = token();
    if (first != '{' && first != '[') return skip_scalar();
    if (depth + 1 > limits_.depth_max) return hit_limit(UndecodableReason::too_deep);
    ++next_;
    const char end = first == '{' ? '}' : ']';
    if (take(end)) return true;
    do {
      if (first == '{' && (token() != '"' || !skip_scalar() || !take(':'))) return false;
      if (!skip_value(depth + 1)) return false;
    } while (take(','));
    return take(end);
  }

  bool skip_scalar() { return at_scalar() && is_sound_scalar(take_scalar()); }

  /// Whether a scalar comes next, valid or not; the end of the record and a raw NUL are none.
  bool at_scalar() const {
    const char first = token();
    return first != '\0' && first != '}' && first != ']' && first != ':' && first != ',';
  }

  bool is_valid_string(std::string_view raw) {
    if (masked_ && std::any_of(raw.begin(), raw.end(), is_control)) return false;
    if (raw.find('\\') == std::string_view::npos) return true;
    scratch_.reset();
    return unescape(raw, scratch_).has_value();
  }

  /// Adds `.key`, without spaces, to the path. False when the key is no valid string.
  bool append_to_path(std::string_view raw_key, std::size_t depth) {
    if (!is_valid_string(raw_key)) return false;
    scratch_.reset();
    const std::string_view key = *unescape(raw_key, scratch_);
    if (depth > 1) path_ += '.';  // also below an empty key, or `{"":{"a":1}}` would say `a`
    append_without_spaces(path_, key);
    return true;
  }

  /// The field of this name: new, or one seen in another element of the same array. Nothing when the name was
  /// given before in this very object (or around it, or inside it): the first in the record's order wins.
  std::optional<std::uint32_t> field_for_path() {
    if (const auto found = seen_.find(path_)) {
      Scope& scope = scope_of_field_[*found];
      if (is_within(scope, scope_) || is_within(scope_, scope)) return std::nullopt;
      scope = scope_;
      return found;
    }
    const auto field = static_cast<std::uint32_t>(document_->fields.size());
    const std::string_view name = names_.copy(path_);
    document_->fields.push_back({.name = name});
    scope_of_field_.push_back(scope_);
    seen_.add(name, field);
    return field;
  }

  bool is_within(Scope inner, Scope outer) const {
    while (inner > outer) inner = scope_parents_[inner];  // parents have smaller numbers
    return inner == outer;
  }

  bool add_value(std::uint32_t field, JsonValue value) {
    if (document_->values.size() == limits_.values_max) return hit_limit(UndecodableReason::too_many_values);
    document_->values.push_back(value);
    value_fields_.push_back(field);
    return true;
  }

  bool drop_value() {
    document_->has_invalid_value = true;
    return true;
  }

  /// Brings the values of each field together, in the record's order. Only arrays of objects scatter them.
  void group_values() {
    auto& fields = document_->fields;
    for (const std::uint32_t field : value_fields_) ++fields[field].value_count;
    std::uint32_t first = 0;
    for (JsonField& field : fields) {
      field.first_value = first;
      first += field.value_count;
    }
    if (std::is_sorted(value_fields_.begin(), value_fields_.end())) return;
    std::vector<std::uint32_t> next(fields.size());
    std::transform(fields.begin(), fields.end(), next.begin(),
                   [](const JsonField& field) { return field.first_value; });
    const std::vector<JsonValue> scattered = document_->values;
    for (std::size_t i = 0; i < scattered.size(); ++i)
      document_->values[next[value_fields_[i]]++] = scattered[i];
  }

  JsonLimits limits_;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::string copy_;  // with the padding that simdjson reads beyond the end

  std::string_view bytes_;
  JsonDocument* document_ = nullptr;
  std::size_t next_ = 0;  // the structural index to look at
  std::string path_;
  std::vector<std::uint32_t> value_fields_;  // beside document_->values: the field of each
  NameIndex seen_;
  std::vector<Scope> scope_of_field_;  // beside document_->fields: where the name was seen last
  std::vector<Scope> scope_parents_;
  Scope scope_ = 0;
  Arena names_;
  Arena scratch_;
  std::size_t name_bytes_ = 0;  // of all names walked so far, in full
  std::optional<UndecodableReason> limit_hit_;
  bool masked_ = false;
};

JsonDecoder::JsonDecoder(JsonLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
JsonDecoder::~JsonDecoder() = default;
JsonDecoder::JsonDecoder(JsonDecoder&&) noexcept = default;
JsonDecoder& JsonDecoder::operator=(JsonDecoder&&) noexcept = default;

std::optional<UndecodableReason> JsonDecoder::decode(std::string_view bytes, JsonDocument& document) {
  return impl_->decode(bytes, document);
}

}  // namespace alarum
