#pragma once

#include "daemon/demo/story_step.h"

#include <string_view>

namespace alarum::demo {

/// The addresses of the server that is attacked, and of who attacks it.
constexpr std::string_view attacked_server = "192.0.2.82";
constexpr std::string_view attacking_client = "203.0.113.9";

/// What the web servers of the story are asked for: their access logs.
Script web_script();

}  // namespace alarum::demo
