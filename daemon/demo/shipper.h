#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/demo/backlog.h"
#include "daemon/demo/story.h"
#include "daemon/demo/streams.h"
#include "daemon/demo/topic_writer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::demo {

/// Ships the story's events to the broker, each as it happens: half of them of Windows, three tenths of
/// Linux, the rest of web servers. Never further ahead of what alarumd has committed than a backlog holds.
/// One thread.
class Shipper {
 public:
  /// Opens a producer for the broker at `brokers`, `host:port`.
  static Result<std::unique_ptr<Shipper>> open(const std::string& brokers);

  /// Begins an attack with the next event of its platform; `begin` of `Story`.
  bool begin(std::string_view attack) { return story_.begin(attack); }

  /// Whether an attack that was begun has events that were not shipped.
  bool is_attack_under_way() const { return story_.is_attack_under_way(); }

  /// Ships events until there are `sent_max` of them since the beginning, or alarumd has to catch up first,
  /// or there may be something else to do. Whether it could go on at once.
  Result<bool> ship_some(std::uint64_t sent_max);

  /// Takes what `/metrics` of alarumd says of its progress.
  void note_progress(std::string_view metrics);

  /// How many events were shipped.
  std::uint64_t sent() const { return sent_; }
  /// How many events alarumd has accounted for.
  std::uint64_t committed() const;

 private:
  explicit Shipper(std::unique_ptr<TopicWriter> writer);
  bool has_room(Platform platform) const;

  SystemClock clock_;
  Story story_;
  std::unique_ptr<TopicWriter> writer_;
  std::vector<Backlog> backlogs_;  // by stream
  std::uint64_t sent_ = 0;
};

}  // namespace alarum::demo
