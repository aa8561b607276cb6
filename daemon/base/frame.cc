#include "daemon/base/frame.h"

namespace alarum {
namespace {

constexpr std::size_t length_size = 4;

}  // namespace

std::string frame(std::string_view content) {
  std::string out;
  out.reserve(length_size + content.size());
  for (std::size_t i = length_size; i-- > 0;)
    out.push_back(static_cast<char>(content.size() >> (8 * i) & 0xFFU));
  return out.append(content);
}

Result<std::optional<std::string>> take_frame(std::string& bytes, std::size_t size_max) {
  if (bytes.size() < length_size) return std::optional<std::string>();
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i) length = length << 8U | static_cast<unsigned char>(bytes[i]);
  if (length == 0 || length > size_max)
    return Error{ErrorCode::invalid, "a text has 1 to " + std::to_string(size_max) + " bytes"};
  if (bytes.size() < length_size + length) return std::optional<std::string>();
  std::optional<std::string> out(bytes.substr(length_size, length));
  bytes.erase(0, length_size + length);
  return out;
}

}  // namespace alarum
