#include "daemon/pipeline/line_threads.h"

#include "daemon/base/clock.h"
#include "daemon/base/signal_stack.h"
#include "daemon/base/thread_name.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace alarum {
namespace {

/// How long a part waits for news before it looks whether it should end.
constexpr std::chrono::milliseconds round_wait{20};
constexpr std::chrono::milliseconds end_poll{5};

}  // namespace

LineThreads::LineThreads(Line& line) : line_(line) {
  for (std::size_t i = 0; i <= line_.worker_count(); ++i) beats_.emplace_back(0);
  for (std::size_t worker = 0; worker < line_.worker_count(); ++worker)
    threads_.emplace_back([this, worker] { run_worker(worker); });
  for (std::size_t source = 0; source < line_.source_count(); ++source) {
    threads_.emplace_back([this, source] {
      name_thread("source");
      while (!is_ending_ && !is_committed_) line_.step_source(source, round_wait);
    });
  }
  for (std::size_t delivery = 0; delivery < line_.delivery_count(); ++delivery) {
    threads_.emplace_back([this, delivery] {
      name_thread("delivery");
      while (!is_ending_ && !is_committed_) line_.step_delivery(delivery, round_wait);
    });
  }
  threads_.emplace_back([this] { run_committer(); });
}

LineThreads::~LineThreads() {
  is_ending_ = true;
  line_.abandon();
}

void LineThreads::run_worker(std::size_t worker) {
  name_thread("worker");
  line_.in_hand()[worker].thread = static_cast<int>(syscall(SYS_gettid));
  const SignalStack stack;
  while (!is_ending_ && line_.step_worker(worker)) beats_[worker].fetch_add(1, std::memory_order_relaxed);
}

void LineThreads::run_committer() {
  name_thread("committer");
  while (!is_ending_ && line_.step_committer(round_wait)) {
    beats_.back().fetch_add(1, std::memory_order_relaxed);
  }
  is_committed_ = !is_ending_;
}

Status LineThreads::finish(Duration patience) {
  line_.finish();
  const Duration end = steady_now() + patience;
  while (!is_committed_ && steady_now() < end) std::this_thread::sleep_for(end_poll);
  const bool committed = is_committed_;
  is_ending_ = true;
  line_.abandon();
  if (committed) return {};
  return Error{ErrorCode::io, "the last commit could not be written; the next start reads its records again"};
}

std::vector<std::uint64_t> LineThreads::heartbeats() const {
  std::vector<std::uint64_t> out;
  for (const auto& beat : beats_) out.push_back(beat.load(std::memory_order_relaxed));
  return out;
}

}  // namespace alarum
