#include "daemon/response_thread.h"

#include "daemon/base/thread_name.h"

#include <chrono>

namespace alarum {
namespace {

/// How long it waits where nobody wakes it: actions that were put off become due meanwhile.
constexpr std::chrono::milliseconds round_max{100};

}  // namespace

ResponseThread::ResponseThread(Dispatcher& dispatcher)
    : dispatcher_(dispatcher), thread_([this](const std::stop_token& stop) {
        name_thread("dispatcher");
        while (!stop.stop_requested()) {
          dispatcher_.step(round_max);
          rounds_.fetch_add(1, std::memory_order_relaxed);
        }
      }) {}

ResponseThread::~ResponseThread() {
  thread_.request_stop();
  dispatcher_.wake();
}

void ResponseThread::finish(Duration patience) {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  dispatcher_.wake();
  thread_.join();
  dispatcher_.finish(patience);
}

}  // namespace alarum
