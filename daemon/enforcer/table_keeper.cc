#include "daemon/enforcer/table_keeper.h"

#include "daemon/base/log.h"

#include <string>

namespace alarum::enforcer {
namespace {

constexpr std::chrono::milliseconds pause{100};

}  // namespace

Status TableKeeper::show(const IpNetwork& target) {
  Status written = write(target);
  if (!written) is_sound_ = false;
  return written;
}

Status TableKeeper::let_all_go() {
  if (table_.flush()) return {};
  // A table that cannot be emptied may still be made anew.
  Status made = table_.rebuild({});
  if (!made) is_sound_ = false;
  return made;
}

Status TableKeeper::reconcile(bool is_start) {
  const bool was_sound = is_sound_ && !is_start;
  is_sound_ = false;
  reconciled_at_ = clock_.steady();
  static_cast<void>(table_.was_changed());  // what is told from here on is not in the listing
  is_touched_ = false;
  auto listing = table_.list();
  if (const auto hidden = listing ? std::nullopt : unread_lines_.admit(clock_.steady()))
    log::warn("cannot read the kernel's table",
              {{"error", listing.error().message}, {"hidden", std::to_string(*hidden)}});
  TRY_OK(repair(listing && listing->is_intact, listing ? listing->entries : std::vector<TableEntry>(),
                !was_sound));
  is_sound_ = true;
  return {};
}

bool TableKeeper::is_touched() {
  if (table_.was_changed()) is_touched_ = true;
  return is_touched_ && clock_.steady() >= reconciled_at_ + pause;
}

Status TableKeeper::write(const IpNetwork& target) {
  const auto expires = state_.actions.expires(target);
  if (!expires) return table_.remove(target);
  const Status put = table_.put({target, Duration(expires->microseconds - session_.now().microseconds)});
  // In interval sets an element that is just running out can be in the way of the next one: there, and not
  // there any more. A table made anew has none of it.
  return put || target.is_single() ? put : table_.rebuild(wanted());
}

Status TableKeeper::repair(bool is_intact, const std::vector<TableEntry>& found, bool is_ours) {
  const std::vector<TableEntry> entries = wanted();
  const Repair repair = compare(entries, found);
  const std::size_t differences = repair.put.size() + repair.remove.size() + (is_intact ? 0 : 1);
  if (differences == 0) return {};
  if (!is_ours) drift_count_ += differences;
  std::vector<log::Fact> facts = {{"missing", std::to_string(repair.missing_count)},
                                  {"retimed", std::to_string(repair.retimed_count)},
                                  {"foreign", std::to_string(repair.remove.size())},
                                  {"intact", is_intact ? "yes" : "no"}};
  if (const auto hidden = (is_ours ? own_lines_ : drift_lines_).admit(clock_.steady())) {
    facts.push_back({"hidden", std::to_string(*hidden)});
    if (!is_ours) log::warn("somebody changed the kernel's table; mended", facts);
    if (is_ours && repair.remove.empty()) log::info("making the kernel's table as it should be", facts);
    if (is_ours && !repair.remove.empty())
      log::warn("letting go whom the kernel blocks and the state does not know of", facts);
  }
  // Elements that cannot be mended one by one stand in a table of another making.
  if (is_intact && mend(repair)) return {};
  return table_.rebuild(entries);
}

Status TableKeeper::mend(const Repair& repair) {
  for (const IpNetwork& target : repair.remove) TRY_OK(table_.remove(target));
  for (const TableEntry& entry : repair.put) TRY_OK(table_.put(entry));
  return {};
}

std::vector<TableEntry> TableKeeper::wanted() {
  std::vector<TableEntry> out;
  const Timestamp now = session_.now();
  for (const auto& [target, ids] : state_.actions.targets()) {
    const Duration left(state_.actions.expires(target)->microseconds - now.microseconds);
    if (left > Duration(0)) out.push_back({target, left});
  }
  return out;
}

}  // namespace alarum::enforcer
