#include "daemon/stream/watch_list.h"

#include "daemon/base/ensure.h"
#include "tests/simulation/random.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alarum {
namespace {

IpAddress address(std::string_view text) {
  const auto out = IpAddress::parse(text);
  ENSURE(out.has_value(), "the address of a test is one");
  return *out;
}

IpNetwork network(std::string_view text) {
  const auto out = IpNetwork::parse(text);
  ENSURE(out.has_value(), "the network of a test is one");
  return *out;
}

std::shared_ptr<const WatchList> list_of(const std::vector<std::string>& networks) {
  std::vector<WatchEntry> entries;
  for (const std::string& text : networks) entries.push_back({network(text), Timestamp{0}, Timestamp{1}});
  return WatchList::of(std::move(entries));
}

/// The networks that contain it, as the list finds them.
std::string found(const WatchList& list, const IpAddress& wanted) {
  std::string out;
  list.for_each(wanted, [&](std::size_t number) {
    out += (out.empty() ? "" : " ") + list.entries()[number].network.to_text();
  });
  return out;
}

/// The same by looking at every entry.
std::string found_slowly(const WatchList& list, const IpAddress& wanted) {
  std::vector<WatchEntry> all;
  for (const WatchEntry& entry : list.entries()) {
    if (entry.network.contains(wanted)) all.push_back(entry);
  }
  std::sort(all.begin(), all.end(), [](const WatchEntry& left, const WatchEntry& right) {
    return left.network.prefix_bits() > right.network.prefix_bits();
  });
  std::string out;
  for (const WatchEntry& entry : all) out += (out.empty() ? "" : " ") + entry.network.to_text();
  return out;
}

/// One of few addresses, so that they meet in networks: their bits differ in three places of both halves.
IpAddress random_address(simulation::Random& random) {
  IpAddress out = random.once_in(2) ? IpAddress{} : address("0.0.0.0");
  for (const std::size_t byte : {7U, 8U, 13U, 15U}) {
    const bool is_mark = out.is_ipv4() && byte < 12;  // what makes it an IPv4 address
    if (!is_mark) out.bytes[byte] = static_cast<std::uint8_t>(random.below(4) * 0x55U);
  }
  return out;
}

}  // namespace

TEST_CASE("a watch list finds addresses however they are written, and no neighbours") {
  const auto list = list_of({"192.0.2.7", "2001:db8::1", "198.51.100.0/24"});

  CHECK(found(*list, address("192.0.2.7")) == "192.0.2.7");
  CHECK(found(*list, address("::ffff:192.0.2.7")) == "192.0.2.7");
  CHECK(found(*list, address("2001:DB8:0::1")) == "2001:db8::1");
  CHECK(found(*list, address("198.51.100.255")) == "198.51.100.0/24");
  for (const char* const other : {"192.0.2.6", "192.0.2.8", "198.51.99.255", "198.51.101.0", "2001:db8::",
                                  "2001:db8::2", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
    CHECK(found(*list, address(other)).empty());
}

TEST_CASE("a watch list finds every network around an address, the narrowest first") {
  const auto list = list_of({"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "10.1.2.0/24", "10.2.0.0/16"});

  CHECK(found(*list, address("10.1.2.3")) == "10.1.2.3 10.1.2.0/24 10.1.0.0/16 10.0.0.0/8");
  CHECK(found(*list, address("10.1.2.4")) == "10.1.2.0/24 10.1.0.0/16 10.0.0.0/8");
  CHECK(found(*list, address("10.3.0.0")) == "10.0.0.0/8");
  CHECK(found(*list, address("11.0.0.0")).empty());
}

TEST_CASE("the widest networks of a watch list reach both ends") {
  const auto list = list_of({"::/0", "8000::/1", "0.0.0.0/0", "2001:db8::/64"});

  CHECK(found(*list, address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")) == "8000::/1 ::/0");
  CHECK(found(*list, address("255.255.255.255")) == "0.0.0.0/0 ::/0");
  CHECK(found(*list, address("2001:db8::ffff:ffff:ffff:ffff")) == "2001:db8::/64 ::/0");
  CHECK(found(*list, address("2001:db8:0:1::")) == "::/0");
}

TEST_CASE("an empty watch list finds nobody") {
  const auto list = list_of({});
  CHECK(list->is_empty());
  CHECK(found(*list, address("192.0.2.7")).empty());
}

TEST_CASE("the same network twice is one entry of a watch list, for the time of both") {
  const auto list = WatchList::of({{network("192.0.2.7"), Timestamp{5}, Timestamp{9}},
                                   {network("::ffff:192.0.2.7"), Timestamp{3}, Timestamp{7}}});

  REQUIRE(list->entries().size() == 1);
  CHECK(list->entries().front() == WatchEntry{network("192.0.2.7"), Timestamp{3}, Timestamp{9}});
  CHECK(list->has(network("192.0.2.7")));
  CHECK_FALSE(list->has(network("192.0.2.0/24")));
}

TEST_CASE("a watch list finds what looking at every entry finds") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    simulation::Random random(seed);
    std::vector<WatchEntry> entries(random.below(60));
    for (WatchEntry& entry : entries) {
      const auto bits = static_cast<unsigned>(random.once_in(3) ? 128 : random.below(129));
      entry.network = IpNetwork::of(random_address(random), bits);
    }
    const auto list = WatchList::of(std::move(entries));
    for (int i = 0; i < 100; ++i) {
      const IpAddress wanted = random_address(random);
      INFO("seed " << seed << ", " << wanted.to_text());
      REQUIRE(found(*list, wanted) == found_slowly(*list, wanted));
    }
  }
}

TEST_CASE("a watch list at its bound finds each of its entries") {
  std::vector<WatchEntry> entries(WatchList::entries_max);
  IpAddress one = address("10.0.0.0");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    one.bytes[14] = static_cast<std::uint8_t>(i >> 8U);
    one.bytes[15] = static_cast<std::uint8_t>(i & 0xFFU);
    entries[i].network = IpNetwork::single(one);
  }
  const auto list = WatchList::of(entries);

  std::size_t found_count = 0;
  for (const WatchEntry& entry : entries) {
    const std::string text = entry.network.to_text();
    found_count += found(*list, entry.network.base()) == text ? 1U : 0U;
  }
  CHECK(found_count == WatchList::entries_max);
}

TEST_CASE("hits add up by network, from batch to batch and list to list") {
  const auto list = list_of({"192.0.2.7", "192.0.2.8"});
  WatchHits hits;
  WatchCounter counter;
  counter.start(*list);
  counter.note(0, Timestamp{7});
  counter.note(0, Timestamp{5});
  counter.add_to(hits, *list);
  CHECK(hits == WatchHits{{network("192.0.2.7"), {2, Timestamp{7}}}});

  const auto longer = list_of({"192.0.2.6", "192.0.2.7", "192.0.2.8"});
  counter.start(*longer);
  CHECK(counter.is_empty());
  counter.note(1, Timestamp{6});
  counter.note(2, Timestamp{-1});
  counter.add_to(hits, *longer);
  CHECK(hits ==
        WatchHits{{network("192.0.2.7"), {3, Timestamp{7}}}, {network("192.0.2.8"), {1, Timestamp{-1}}}});
}

}  // namespace alarum
