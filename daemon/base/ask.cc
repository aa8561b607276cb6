#include "daemon/base/ask.h"

#include "daemon/base/frame_connection.h"

namespace alarum {

Result<std::string> ask(const std::string& socket, std::string_view request, const Answerer& answerer) {
  return FrameConnection(socket, answerer).ask(std::string(request), Repeatable::no, {}).text;
}

}  // namespace alarum
