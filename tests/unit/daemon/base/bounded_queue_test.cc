#include "daemon/base/bounded_queue.h"

#include <catch2/catch.hpp>

#include <memory>
#include <thread>

namespace alarum {

TEST_CASE("a bounded queue gives its items in order") {
  BoundedQueue<int> queue(3);
  for (int item : {1, 2, 3}) CHECK(queue.try_push(item));

  CHECK(queue.try_pop() == 1);
  CHECK(queue.try_pop() == 2);
  CHECK(queue.try_pop() == 3);
  CHECK(!queue.try_pop());
}

TEST_CASE("a full bounded queue takes nothing and leaves the item with its owner") {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);

  CHECK(queue.try_push(first));
  CHECK(!queue.try_push(second));
  CHECK(first == nullptr);
  CHECK(*second == 2);
  CHECK(queue.size() == 1);
}

TEST_CASE("a closed bounded queue takes nothing more and still gives what it has") {
  BoundedQueue<int> queue(2);
  CHECK(queue.push(1));
  queue.close();

  int item = 2;
  CHECK(!queue.try_push(item));
  CHECK(!queue.push(2));
  CHECK(queue.try_pop() == 1);
  CHECK(!queue.pop_for(std::chrono::hours(1)));
}

TEST_CASE("a thread that waits for a place goes on when one is free") {
  BoundedQueue<int> queue(1);
  CHECK(queue.push(1));
  std::thread writer([&] { queue.push(2); });

  CHECK(queue.pop_for(std::chrono::minutes(1)) == 1);
  CHECK(queue.pop_for(std::chrono::minutes(1)) == 2);
  writer.join();
}

TEST_CASE("a thread that waits for an item is woken by the end of the queue") {
  BoundedQueue<int> queue(1);
  std::thread closer([&] { queue.close(); });

  CHECK(!queue.pop_for(std::chrono::hours(1)));
  closer.join();
}

}  // namespace alarum
