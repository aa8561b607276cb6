#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

/// How the pipeline is asked whether somebody still comes: whoever blocks addresses publishes a list of them,
/// workers look for the clients of events in it, and what they saw is shown with the commit that holds those
/// events. Hits are beside what is found and never part of it: alerts do not depend on a list.
namespace alarum {

/// A network whose events count in a span of time, both ends left out.
struct WatchEntry {
  IpNetwork network;
  Timestamp from;
  Timestamp until;
  friend bool operator==(const WatchEntry&, const WatchEntry&) = default;
};

/// Networks to watch. A lookup is a binary search and a walk through the networks around what it finds:
/// whoever chooses his addresses can make it no slower, as he could with a hash table. Immutable; any thread.
class WatchList {
 public:
  /// How many there are at most: a lookup costs little more for as many.
  static constexpr std::size_t entries_max = 10'000;

  /// The list of these, at most `entries_max`, in any order. Of entries of the same network the list holds
  /// one, from the earliest `from` to the latest `until`.
  static std::shared_ptr<const WatchList> of(std::vector<WatchEntry> entries);

  /// Without any, nothing has to be looked up.
  bool is_empty() const { return entries_.empty(); }
  /// By network; the place of an entry is its number.
  std::span<const WatchEntry> entries() const { return entries_; }
  /// Whether it has an entry of just this network.
  bool has(const IpNetwork& network) const;

  /// Calls `found(number)` for each entry that contains `address`, the narrowest first.
  template <class Found>
  void for_each(const IpAddress& address, const Found& found) const {
    const Key key = key_of(address);
    std::int32_t number = last_at_or_before(key);
    // Networks that share an address contain each other, so what contains the address is around this one.
    while (number != none && ranges_[index(number)].last < key) number = ranges_[index(number)].around;
    for (; number != none; number = ranges_[index(number)].around) found(index(number));
  }

 private:
  /// An address as a number of 128 bits.
  struct Key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  /// What an entry covers, both ends included, and the narrowest entry that contains it.
  struct Range {
    Key last;
    std::int32_t around;
  };
  static constexpr std::int32_t none = -1;

  static std::size_t index(std::int32_t number) { return static_cast<std::size_t>(number); }
  static Key key_of(const IpAddress& address);
  static Key last_of(const IpNetwork& network);
  std::int32_t last_at_or_before(const Key& key) const;

  std::vector<WatchEntry> entries_;
  std::vector<Key> firsts_;  // apart from the ranges: it is what a search reads
  std::vector<Range> ranges_;
};

/// What was seen of one network.
struct WatchHit {
  std::uint64_t count = 0;  ///< how often events named an address of it as their client's
  Timestamp latest;         ///< of those events, as late as it can have been

  /// Becomes what either of the two has seen.
  void merge(const WatchHit& other);
  friend bool operator==(const WatchHit&, const WatchHit&) = default;
};

/// What was seen, by network; bounded by the lists that were asked.
using WatchHits = std::map<IpNetwork, WatchHit>;

/// Adds `more` to `hits`.
void merge(WatchHits& hits, const WatchHits& more);

/// What one batch has seen: plain numbers by number of an entry. It allocates when a list is longer than any
/// before, and never for an event. One thread.
class WatchCounter {
 public:
  /// Forgets everything, and has room for a list.
  void start(const WatchList& list);
  /// Forgets everything.
  void clear();
  /// Notes that the entry was seen.
  void note(std::size_t number, Timestamp time);
  /// Whether nothing was seen.
  bool is_empty() const { return seen_.empty(); }
  /// Adds what was seen to `hits`. `list` is the one that it was started with.
  void add_to(WatchHits& hits, const WatchList& list) const;

 private:
  std::vector<WatchHit> hits_;     // by number of the entry
  std::vector<std::size_t> seen_;  // the entries that have hits
};

}  // namespace alarum
