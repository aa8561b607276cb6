#include "daemon/enforcer/ask.h"

#include "daemon/base/ask.h"
#include "daemon/enforcer/request.h"

#include <chrono>

namespace alarum::enforcer {

Result<std::string> ask(const std::string& socket, const std::string& request) {
  constexpr std::chrono::seconds patience{10};
  return alarum::ask(socket, request,
                     {.name = "the enforcer",
                      .user = "alarum-enforcer",
                      .unit = "alarum-enforcer.socket",
                      .answer_size_max = request_bytes_max,
                      .patience = patience,
                      .answer_patience = patience});
}

}  // namespace alarum::enforcer
