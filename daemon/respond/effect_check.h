#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"
#include "daemon/stream/watch_list.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Whether a block works is not what the enforcer says but what the log says afterwards: its target is
/// watched, and as long as events of it come from after the block, it is not contained.
namespace alarum {

/// A block that is to be watched, as it stands in the ledger. It was done, and nobody took it back.
struct WatchedBlock {
  std::string action_id;
  std::string incident_id;  ///< empty: a person's, for no incident
  /// Whose events asked for it. Only they count: another source may be the log of the firewall that blocks.
  /// Empty: a person did; then those of all sources count.
  std::string source;
  IpNetwork target;  ///< of a client (`source.ip`): pipelines look for nobody else
  Timestamp begun;   ///< when it was in force: not when it was asked for
  Timestamp until;
  std::optional<Timestamp> seen_at = {};  ///< what a verdict `ineffective` said of it before a restart
  bool is_ineffective = false;            ///< that has been said
  std::optional<Timestamp> alerted = {};  ///< the latest event of the incident's alerts, of whomever
  bool is_incomplete = false;             ///< other blocks of the incident are to come
  bool is_contained = false;              ///< the incident, or it is resolved: that has been said
};

/// What became known of a block, or of the incident of which it was the last one to be so.
struct EffectVerdict {
  enum class Kind : std::uint8_t {
    ineffective,  ///< the target still comes. `at`: its latest event. Once for each action
    /// No target of the incident comes any more, and nobody else in its place. `at`: since when. Once for
    /// each incident.
    contained,
    unheard,  ///< the source tells nothing, so nobody knows. `at`: until when it told. Once for each action
  };
  std::string action_id;
  std::string incident_id;
  Kind kind = Kind::ineffective;
  Timestamp at;
  friend bool operator==(const EffectVerdict&, const EffectVerdict&) = default;
};

/// The kind as the word that stands in the audit log and in metrics.
std::string_view effect_name(EffectVerdict::Kind kind);

/// Decides whether blocks work. All that it knows comes from the ledger, so it is made anew after a restart;
/// what pipelines saw before is lost, and silence is measured anew. It decides by event time: the wall clock
/// bounds what events claim, and says when to complain of a source that tells nothing. One thread, any.
class EffectCheck {
 public:
  /// What counts as still coming, and what as silence.
  struct Options {
    /// Until so long after a block events are what was on its way, or clocks that differ.
    Duration grace = std::chrono::seconds(5);
    /// Without events of the target for so long, it is contained.
    Duration quiet = std::chrono::seconds(60);
    /// So long after the target's last event somebody should know that the source tells nothing.
    Duration patience = std::chrono::minutes(5);
  };

  /// By source: until when it has told everything (`heard_until`); a source of which nothing is known is left
  /// out.
  using Heard = std::map<std::string, Timestamp>;

  explicit EffectCheck(Options options);

  /// From now on these blocks are watched and no others; of those that were before, what is known stays. An
  /// incident waits for its blocks that are over too, as long as they are among these. At most
  /// `WatchList::entries_max` are watched, the newest; the incidents of others are never contained by
  /// silence.
  void watch(std::vector<WatchedBlock> blocks);

  /// What pipelines have to look for; another one only after the blocks have changed.
  std::shared_ptr<const WatchList> list() const { return list_; }

  /// What was seen of them in events of `source`, all of it since they came onto the list. It must be as of
  /// the same commits as what `look` hears next, or of later ones.
  void take(const std::string& source, const WatchHits& hits);

  /// What has become known by `now`: each verdict once, those on blocks first, the newest block first.
  std::vector<EffectVerdict> look(Timestamp now, const Heard& heard);

  /// How many blocks did not fit.
  std::size_t left_out() const { return left_out_; }

 private:
  /// What is known of a block.
  struct Watched {
    WatchedBlock block;
    std::optional<Timestamp> latest = {};        // event of the target after the block
    std::optional<Timestamp> watched_from = {};  // how far the source was when the first look was taken
    std::optional<Timestamp> heard = {};         // how far it is
    bool is_unheard = false;                     // that has been said

    Timestamp last_seen() const;
  };
  /// The blocks of one incident that say whether it is contained.
  struct Containment {
    bool is_whole = true;
    Timestamp since;
    std::optional<Timestamp> alerted = {};
    std::string action_id = {};
  };

  void bound(std::vector<WatchedBlock>& blocks);
  void make_list();
  void hear(Watched& watched, Timestamp now, const Heard& heard) const;
  bool is_ineffective(const Watched& watched) const;
  bool is_quiet(const Watched& watched) const;
  bool is_unheard(const Watched& watched, Timestamp now) const;
  bool goes_on(const Containment& containment) const;
  void judge_incidents(Timestamp now, std::vector<EffectVerdict>& verdicts);

  Options options_;
  std::vector<Watched> watched_;  // the newest block first
  std::shared_ptr<const WatchList> list_;
  std::size_t left_out_ = 0;
  std::set<std::string> unjudged_;   // incidents with blocks that did not fit
  std::set<std::string> contained_;  // incidents of which that has been said
};

}  // namespace alarum
