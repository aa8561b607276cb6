#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace alarum {

/// Appends JSON (RFC 8259) to a string: compact, in the order of the calls, so that the same calls give the
/// same bytes. The caller opens and closes in balance. Text that is not UTF-8 is written with U+FFFD for each
/// bad byte.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  /// Each begin wants its end; the caller keeps them in pairs.
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  /// The name of the member whose value comes next.
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  /// `json` is valid JSON already.
  JsonWriter& raw(std::string_view json);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void quote(std::string_view value);

  std::string& out_;
  bool comma_ = false;  // a value stands before, so the next one needs a comma
};

}  // namespace alarum
