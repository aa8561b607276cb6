#include "daemon/respond/writer_queue.h"

#include <algorithm>
#include <map>

namespace alarum {

std::shared_ptr<WriterQueue> WriterQueue::of(const std::string& path) {
  // The threads that write open their connections by themselves, as SQLite's locks are the process's, too.
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<WriterQueue>> known;
  const std::lock_guard lock(mutex);
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<WriterQueue>& found = known[path];
  std::shared_ptr<WriterQueue> out = found.lock();
  if (!out) found = out = std::make_shared<WriterQueue>();
  return out;
}

bool WriterQueue::enter(Duration patience) {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = next_ticket_++;
  tickets_.push_back(mine);
  const bool has_come =
      has_left_.wait_for(lock, patience, [&] { return !is_taken_ && tickets_.front() == mine; });
  tickets_.erase(std::find(tickets_.begin(), tickets_.end(), mine));
  if (has_come) {
    is_taken_ = true;
  } else {
    has_left_.notify_all();  // it may have been the first, and the next one looks again
  }
  return has_come;
}

void WriterQueue::leave() {
  {
    const std::lock_guard lock(mutex_);
    is_taken_ = false;
  }
  has_left_.notify_all();
}

std::size_t WriterQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return tickets_.size();
}

}  // namespace alarum
