#pragma once

#include "daemon/base/result.h"

#include <functional>
#include <memory>
#include <string_view>

/// Places where tests make things go wrong: a crash after a batch, a disk that is full. Nothing happens at
/// them, at the price of one load, unless a test armed them.
namespace alarum::fault {

/// What happens at a point, by its name: success, an error that the code there has to cope with, or no return
/// at all. Called from any thread that comes by.
using Handler = std::function<Status(std::string_view name)>;

/// Passes the point `name`. The error is the armed handler's.
Status point(std::string_view name);

/// Arms every point of the process with `handler` as long as it lives. One at a time; made before the threads
/// that pass points, ended after them.
class Armed {
 public:
  explicit Armed(Handler handler);
  ~Armed();
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;

 private:
  Handler handler_;
};

/// A handler that does what `text` says, as the environment variable ALARUM_FAULT gives it:
/// `NAME=kill`, `NAME=abort`, `NAME=error`, `NAME=delay`; with `@N` only at the Nth time the point is passed;
/// several separated by commas. `kill` is SIGKILL, from which nothing is saved; `abort` a crash of our own;
/// `delay` 100 ms. The error says what is not understood.
Result<Handler> parse(std::string_view text);

/// Arms what ALARUM_FAULT asks for, and says so in the log; null where it is not set. The error says what is
/// not understood.
Result<std::unique_ptr<Armed>> arm_from_environment();

}  // namespace alarum::fault
