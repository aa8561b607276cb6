#include "daemon/respond/writer_queue.h"

#include "daemon/respond/ledger_database.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

namespace alarum {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Waits until so many wait; a test that fails ends by its time limit.
void wait_for(const WriterQueue& queue, std::size_t waiting) {
  while (queue.waiting() != waiting) std::this_thread::sleep_for(milliseconds(1));
}

}  // namespace

TEST_CASE("those who write come in the order in which they asked") {
  const auto queue = WriterQueue::of("a");
  REQUIRE(queue->enter(Duration(0)));
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::jthread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&, i] {
      if (!queue->enter(seconds(60))) return;
      const WriterTurn turn(queue);
      const std::lock_guard lock(mutex);
      order.push_back(i);
    });
    wait_for(*queue, static_cast<std::size_t>(i) + 1);
  }
  queue->leave();
  writers.clear();

  CHECK(order == std::vector<int>{0, 1, 2, 3});
  CHECK(queue->enter(Duration(0)));
}

TEST_CASE("who has waited long enough gives up its place, and the next one comes") {
  const auto queue = WriterQueue::of("a");
  REQUIRE(queue->enter(Duration(0)));
  std::jthread patient([&] {
    if (queue->enter(seconds(60))) queue->leave();
  });
  wait_for(*queue, 1);
  CHECK_FALSE(queue->enter(milliseconds(5)));
  CHECK(queue->waiting() == 1);
  queue->leave();
  patient.join();
  CHECK(queue->waiting() == 0);
}

TEST_CASE("each file has a queue of its own, the same for all who write to it") {
  CHECK(WriterQueue::of("a") == WriterQueue::of("a"));
  const auto queue = WriterQueue::of("a");
  REQUIRE(queue->enter(Duration(0)));
  CHECK(WriterQueue::of("b")->enter(Duration(0)));
  CHECK_FALSE(WriterQueue::of("a")->enter(Duration(0)));
}

TEST_CASE("who writes to a ledger again and again lets others of the process in between") {
  test::LedgerWorld world;
  const auto open = [&] {
    return LedgerDatabase::open(world.path(), LedgerDatabase::Access::write, seconds(60));
  };
  const auto queue = WriterQueue::of(world.path());
  auto first = open();
  auto second = open();
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  std::vector<int> order;  // inside of transactions alone
  const auto write = [&](LedgerDatabase& ledger, int who) {
    if (const auto transaction = LedgerTransaction::begin(ledger)) order.push_back(who);
  };
  std::jthread other;
  {
    auto transaction = LedgerTransaction::begin(**first);
    REQUIRE(transaction.has_value());
    other = std::jthread([&] { write(**second, 2); });
    wait_for(*queue, 1);
    REQUIRE(transaction->commit());
  }
  write(**first, 1);
  other.join();
  CHECK(order == std::vector<int>{2, 1});
}

}  // namespace alarum
