#include "daemon/http_client/http_origin.h"

#include <algorithm>
#include <curl/curl.h>
#include <memory>

namespace alarum {
namespace {

constexpr std::size_t url_bytes_max = 8U << 10U;

struct UrlEnd {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

/// A part of the URL; empty where it has none.
std::string part_of(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  std::string out;
  if (curl_url_get(url, part, &text, flags) == CURLUE_OK) out = text;
  curl_free(text);
  return out;
}

Error bad(const std::string& problem) {
  return {ErrorCode::invalid, "the URL is not one we ask: " + problem};
}

}  // namespace

Result<std::string> http_origin(std::string_view url) {
  // Visible ASCII only: nothing that one reader of URLs takes for the end, and another one does not.
  if (url.size() > url_bytes_max ||
      !std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7F'; }))
    return bad("it has a space, a control character, a letter outside of ASCII or more than 8 KiB");
  if (url.find('\\') != std::string_view::npos) return bad("it has a backslash");
  const std::unique_ptr<CURLU, UrlEnd> parsed(curl_url());
  if (!parsed) return Error{ErrorCode::io, "no memory for a URL"};
  const CURLUcode code =
      curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), CURLU_DISALLOW_USER);
  if (code == CURLUE_USER_NOT_ALLOWED) return bad("a user or password stands in it");
  if (code != CURLUE_OK) return bad(curl_url_strerror(code));
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME, 0);
  const std::string host = part_of(parsed.get(), CURLUPART_HOST, 0);
  const std::string port = part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (scheme != "http" && scheme != "https") return bad("it begins with neither http:// nor https://");
  // libcurl takes one to three slashes; others would read another host there.
  if (url.substr(scheme.size(), 3) != "://" || url.substr(scheme.size() + 3).starts_with('/') ||
      host.empty() || port.empty())
    return bad("two slashes and the name of a host follow its scheme");
  if (!part_of(parsed.get(), CURLUPART_ZONEID, 0).empty()) return bad("its address has a zone");
  if (url.find('#') != std::string_view::npos) return bad("a part behind '#' is sent to nobody");
  return scheme + "://" + host + ":" + port;
}

}  // namespace alarum
