#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/http_client/http_request.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Signatures of Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks): who has the secret
/// can tell that a message is ours, unchanged, new, and whether it has seen it before.
namespace alarum {

/// A symmetric secret, `whsec_` and the Base64 of 24 to 64 bytes.
class WebhookSecret {
 public:
  /// The error never shows the text.
  static Result<WebhookSecret> parse(std::string_view text);

  /// `v1,` and the Base64 of the HMAC-SHA256 over `id.seconds.body`.
  std::string signature(std::string_view id, Timestamp at, std::string_view body) const;

 private:
  explicit WebhookSecret(std::string key) : key_(std::move(key)) {}

  std::string key_;
};

/// `webhook-id`, `webhook-timestamp` and, where there are secrets, `webhook-signature`: one for each, so that
/// a receiver finds its own while the secret changes. `id` is the same for every try of one message; `at` is
/// when this try begins.
std::vector<HttpHeader> webhook_headers(std::string_view id, Timestamp at, std::string_view body,
                                        std::span<const WebhookSecret> secrets);

}  // namespace alarum
