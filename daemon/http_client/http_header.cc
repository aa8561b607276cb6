#include "daemon/http_client/http_header.h"

#include "daemon/base/printable.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

constexpr std::size_t headers_bytes_max = 32U << 10U;

/// Two readers that disagree on these see two different requests in the same bytes.
constexpr std::array<std::string_view, 9> our_own = {
    "connection", "content-length", "expect",           "host", "proxy-authorization", "te",
    "trailer",    "upgrade",        "transfer-encoding"};

bool is_token_character(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         marks.find(c) != std::string_view::npos;
}

/// A tab, or anything from a space on: neither the end of a line nor another control character.
bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20U && byte != 0x7FU);
}

bool is_ours(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(our_own.begin(), our_own.end(), lower) != our_own.end();
}

Status check_header(const HttpHeader& header) {
  const auto bad = [&](const std::string& problem) {
    return Error{ErrorCode::invalid, "header '" + printable(header.name) + "': " + problem};
  };
  if (header.name.empty() || !std::all_of(header.name.begin(), header.name.end(), is_token_character))
    return bad("that is no name of a header");
  if (is_ours(header.name)) return bad("it is written by the client itself");
  if (header.value.empty()) return bad("its value is empty");
  if (header.value.front() == ' ' || header.value.back() == ' ')
    return bad("its value begins or ends with a space");
  if (!std::all_of(header.value.begin(), header.value.end(), is_value_character))
    return bad("its value holds a control character");
  return {};
}

}  // namespace

Status check_headers(std::span<const HttpHeader> headers) {
  std::size_t bytes = 0;
  for (const HttpHeader& header : headers) {
    TRY_OK(check_header(header));
    bytes += header.name.size() + header.value.size();
  }
  if (bytes > headers_bytes_max)
    return Error{ErrorCode::limit, "headers have more than " + std::to_string(headers_bytes_max) + " bytes"};
  return {};
}

}  // namespace alarum
