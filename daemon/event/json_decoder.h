#pragma once

#include "daemon/base/arena.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Bytes to named values: the wall around simdjson, whose first stage (UTF-8, quotes, structure) we walk
/// ourselves, so that what is decodable is exactly what docs/reference/events.md says. One object per record;
/// nested objects become dotted names; values stay raw until somebody asks.
namespace alarum {

/// Why a record is no event. Each one ends as a dead letter with this reason.
enum class UndecodableReason {
  empty,            ///< nothing but white space
  too_large,        ///< longer than records may be; or the full names of its fields are, together
  not_utf8,         ///< a byte that belongs to no UTF-8 sequence
  not_object,       ///< JSON, perhaps, but no object
  cut_off,          ///< ends inside a string or with brackets open
  malformed,        ///< brackets, colons or commas out of place
  trailing_data,    ///< something follows the object
  too_deep,         ///< nested deeper than allowed
  too_many_values,  ///< more values than allowed
};

/// The word for a reason in counts, messages and metrics.
std::string_view reason_name(UndecodableReason reason);

/// What a value is. Null has no kind: it stands as `JsonField::has_null`.
enum class JsonKind : std::uint8_t { text, number, boolean, object };

/// One scalar as it stands in the record, quotes and escapes included; or the mark that an object stands
/// there, whose `raw` is its opening brace.
struct JsonValue {
  JsonKind kind;
  std::string_view raw;
};

/// One name with everything the record says under it: one value, several (arrays), or none (null, empty
/// array).
struct JsonField {
  std::string_view name;  ///< dotted, without spaces
  std::uint32_t first_value = 0;
  std::uint32_t value_count = 0;
  bool has_null = false;  ///< a null stands there
};

/// What one record says. Views over the record's bytes and the decoder: valid until the next `decode`.
struct JsonDocument {
  std::vector<JsonField> fields;    ///< in the order of the record
  std::vector<JsonValue> values;    ///< grouped by field
  bool has_invalid_value = false;   ///< a bad number, escape or key was left out
  bool has_duplicate_name = false;  ///< a name came again and was left out

  /// Value number `index` of the field, as it stands in the record.
  std::string_view raw_of(const JsonField& field, std::uint32_t index) const {
    return values[field.first_value + index].raw;
  }
};

/// What a record may be at most: its bytes, how deep its objects and arrays nest, and how many values it has.
/// A rule asks every value of a field in turn, so their number is what bounds the time of an event.
struct JsonLimits {
  std::size_t bytes_max = 2U << 20U;
  std::size_t depth_max = 100;
  std::size_t values_max = 10'000;
};

/// Turns bytes into a document. Owned and used by one lane.
class JsonDecoder {
 public:
  explicit JsonDecoder(JsonLimits limits);
  ~JsonDecoder();
  JsonDecoder(JsonDecoder&&) noexcept;
  JsonDecoder& operator=(JsonDecoder&&) noexcept;

  /// Reads `bytes` into `document`; they must outlive it. Nothing on success, else why it is no event.
  std::optional<UndecodableReason> decode(std::string_view bytes, JsonDocument& document);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The text that a raw string (with its quotes) stands for, in `arena` where escapes had to be resolved and
/// in place otherwise. Nothing where an escape is wrong: unknown, cut, or half a surrogate pair (RFC 8259
/// §7).
std::optional<std::string_view> unescape(std::string_view raw, Arena& arena);

}  // namespace alarum
