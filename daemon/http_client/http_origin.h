#pragma once

#include "daemon/base/result.h"

#include <string>
#include <string_view>

namespace alarum {

/// Whom a URL leads to, without what it asks for there: `https://tickets.example.org:443`. That is what may
/// be shown of it, and what queues and breakers go by: the path of a chat's URL is a password. The error says
/// what is wrong, and shows nothing of the URL: a scheme other than http and https, a user or password, a
/// part behind `#`, anything but visible ASCII.
Result<std::string> http_origin(std::string_view url);

}  // namespace alarum
