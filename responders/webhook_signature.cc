#include "responders/webhook_signature.h"

#include "daemon/base/base64.h"
#include "daemon/base/digest.h"

namespace alarum {
namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t key_bytes_min = 24;
constexpr std::size_t key_bytes_max = 64;

std::string seconds_of(Timestamp time) {
  constexpr std::int64_t microseconds_per_second = 1'000'000;
  return std::to_string(time.microseconds / microseconds_per_second);
}

}  // namespace

Result<WebhookSecret> WebhookSecret::parse(std::string_view text) {
  const Error bad{ErrorCode::invalid,
                  "the secret of a webhook is 'whsec_' and the Base64, with padding, of 24 to 64 bytes "
                  "(openssl rand -base64 32 makes one)"};
  if (!text.starts_with(prefix)) return bad;
  auto key = base64_decoded(text.substr(prefix.size()));
  if (!key || key->size() < key_bytes_min || key->size() > key_bytes_max) return bad;
  return WebhookSecret(*std::move(key));
}

std::string WebhookSecret::signature(std::string_view id, Timestamp at, std::string_view body) const {
  std::string signed_text(id);
  signed_text.append(".").append(seconds_of(at)).append(".").append(body);
  return "v1," + base64(hmac_sha256(key_, signed_text));
}

std::vector<HttpHeader> webhook_headers(std::string_view id, Timestamp at, std::string_view body,
                                        std::span<const WebhookSecret> secrets) {
  std::vector<HttpHeader> out = {{"webhook-id", std::string(id)}, {"webhook-timestamp", seconds_of(at)}};
  if (secrets.empty()) return out;
  std::string signatures;
  for (const WebhookSecret& secret : secrets) {
    if (!signatures.empty()) signatures += ' ';
    signatures += secret.signature(id, at, body);
  }
  out.push_back({"webhook-signature", std::move(signatures)});
  return out;
}

}  // namespace alarum
