#include "daemon/enforcer/state_keeper.h"

#include "daemon/base/fault.h"

#include <cstddef>
#include <utility>

namespace alarum::enforcer {
namespace {

/// The file is written anew when most of its lines say nothing any more, and it has more than these.
constexpr std::size_t compact_lines_min = 1000;

}  // namespace

StateKeeper::StateKeeper(StateLog log) : log_(std::move(log)) {
  for (const StateRecord& record : log_.take_records()) state_.apply(record);
}

Status StateKeeper::record(const StateRecord& record) {
  if (is_stale_) TRY_OK(compact());
  TRY_OK(fault::point("before_append"));
  Status written = log_.append(record);
  static_cast<void>(fault::point("after_append"));  // where tests end the process
  if (!written) is_stale_ = true;                   // a part of the line may stand there
  if (written) state_.apply(record);
  return written;
}

Status StateKeeper::record_anyway(const StateRecord& entry) {
  Status written = record(entry);
  if (written) return written;
  state_.apply(entry);
  return written;
}

Status StateKeeper::compact() {
  is_stale_ = true;  // until all of it went well: the file in hand may be the old one, which is gone
  TRY_OK(log_.replace(state_.records()));
  is_stale_ = false;
  return {};
}

Status StateKeeper::tidy() {
  const std::size_t needed =
      state_.actions.all().size() + state_.never_block.added_count() + state_.never_block.left_alone_count();
  const bool is_long = log_.line_count() > compact_lines_min + 2 * needed;
  return is_stale_ || is_long ? compact() : Status();
}

}  // namespace alarum::enforcer
