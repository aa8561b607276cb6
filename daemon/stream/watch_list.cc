#include "daemon/stream/watch_list.h"

#include "daemon/base/ensure.h"

#include <algorithm>

namespace alarum {
namespace {

/// The same network twice becomes once, with the times of both.
std::vector<WatchEntry> united(std::vector<WatchEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const WatchEntry& left, const WatchEntry& right) { return left.network < right.network; });
  std::vector<WatchEntry> out;
  out.reserve(entries.size());
  for (const WatchEntry& entry : entries) {
    if (out.empty() || out.back().network != entry.network) {
      out.push_back(entry);
    } else {
      out.back().from = std::min(out.back().from, entry.from);
      out.back().until = std::max(out.back().until, entry.until);
    }
  }
  return out;
}

}  // namespace

std::shared_ptr<const WatchList> WatchList::of(std::vector<WatchEntry> entries) {
  ENSURE(entries.size() <= entries_max, "a watch list is within its bound");
  const auto out = std::make_shared<WatchList>();
  out->entries_ = united(std::move(entries));
  // In this order a network comes before those in it: by its first address, and then the wider one.
  std::vector<std::int32_t> open;  // the entries around the one at hand, the narrowest last
  for (const WatchEntry& entry : out->entries_) {
    const Key first = key_of(entry.network.base());
    while (!open.empty() && out->ranges_[index(open.back())].last < first) open.pop_back();
    out->ranges_.push_back({last_of(entry.network), open.empty() ? none : open.back()});
    open.push_back(static_cast<std::int32_t>(out->firsts_.size()));
    out->firsts_.push_back(first);
  }
  return out;
}

bool WatchList::has(const IpNetwork& network) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), network,
      [](const WatchEntry& entry, const IpNetwork& wanted) { return entry.network < wanted; });
  return found != entries_.end() && found->network == network;
}

WatchList::Key WatchList::key_of(const IpAddress& address) {
  constexpr std::size_t half = sizeof(std::uint64_t);
  Key out;
  for (std::size_t i = 0; i < half; ++i) {
    out.high = (out.high << 8U) | address.bytes[i];
    out.low = (out.low << 8U) | address.bytes[half + i];
  }
  return out;
}

WatchList::Key WatchList::last_of(const IpNetwork& network) {
  constexpr unsigned half = 64;
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  const unsigned bits = network.prefix_bits();
  const Key first = key_of(network.base());
  return {first.high | (bits < half ? ones >> bits : 0),
          first.low | (bits <= half      ? ones
                       : bits < 2 * half ? ones >> (bits - half)
                                         : 0)};
}

/// The last entry that begins at `key` or before it.
std::int32_t WatchList::last_at_or_before(const Key& key) const {
  return static_cast<std::int32_t>(std::upper_bound(firsts_.begin(), firsts_.end(), key) - firsts_.begin()) -
         1;
}

void WatchHit::merge(const WatchHit& other) {
  latest = count == 0 ? other.latest : std::max(latest, other.latest);
  count += other.count;
}

void merge(WatchHits& hits, const WatchHits& more) {
  for (const auto& [network, hit] : more) hits[network].merge(hit);
}

void WatchCounter::start(const WatchList& list) {
  clear();
  if (hits_.size() < list.entries().size()) hits_.resize(list.entries().size());
  seen_.reserve(list.entries().size());
}

void WatchCounter::clear() {
  for (const std::size_t number : seen_) hits_[number] = {};
  seen_.clear();
}

void WatchCounter::note(std::size_t number, Timestamp time) {
  if (hits_[number].count == 0) seen_.push_back(number);
  hits_[number].merge({1, time});
}

void WatchCounter::add_to(WatchHits& hits, const WatchList& list) const {
  for (const std::size_t number : seen_) hits[list.entries()[number].network].merge(hits_[number]);
}

}  // namespace alarum
