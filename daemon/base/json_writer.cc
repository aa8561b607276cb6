#include "daemon/base/json_writer.h"

#include "daemon/base/utf8.h"

#include <array>
#include <cstdio>

namespace alarum {

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  quote(value);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) { return raw(std::to_string(value)); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (comma_) out_ += ',';
}

void JsonWriter::quote(std::string_view value) {
  out_ += '"';
  for (std::size_t at = 0; at < value.size();) {
    const CodePoint point = code_point_at(value, at);
    if ((point.value & utf8_invalid) != 0) {
      out_ += "\xEF\xBF\xBD";
    } else if (point.value == '"' || point.value == '\\') {
      out_ += '\\';
      out_ += static_cast<char>(point.value);
    } else if (point.value == '\n') {
      out_ += "\\n";
    } else if (point.value == '\r') {
      out_ += "\\r";
    } else if (point.value == '\t') {
      out_ += "\\t";
    } else if (point.value < 0x20U) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(point.value));
      out_ += escaped.data();
    } else {
      out_ += value.substr(at, point.size);
    }
    at += point.size;
  }
  out_ += '"';
}

}  // namespace alarum
