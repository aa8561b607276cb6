#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace alarum {

/// A program that answers over a Unix socket, in frames.
struct Answerer {
  std::string name;                 ///< in messages: `the enforcer`
  std::string user;                 ///< whom its unit runs it as
  std::string unit;                 ///< where it listens by itself: `alarum-enforcer.socket`
  std::size_t answer_size_max = 0;  ///< of what it answers
  Duration patience{};              ///< for connecting
  Duration answer_patience{};       ///< for all of it, to the end of the answer
};

/// Sends one request to the program that listens at `socket` and gives its answer, which is text of another
/// process. Who listens there must be root, the program's user or the caller's own; the error names whoever
/// else it is: who may write the folder of the socket could listen there, say `done`, and do nothing.
Result<std::string> ask(const std::string& socket, std::string_view request, const Answerer& answerer);

}  // namespace alarum
