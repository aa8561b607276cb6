#include "daemon/respond/exemption_teller.h"

#include "daemon/base/log.h"

#include <algorithm>

namespace alarum {
namespace {

/// For how long somebody is allowed at a time, and when before its end that is told anew.
constexpr Duration told_for = std::chrono::hours(1);
constexpr Duration told_before = std::chrono::minutes(30);
/// How soon it is told again that was not heard, or was refused.
constexpr Duration wait_unheard = std::chrono::seconds(15);
constexpr Duration wait_refused = std::chrono::minutes(10);
constexpr Duration look_pause = std::chrono::seconds(1);

Timestamp later(Timestamp time, Duration by) { return {time.microseconds + by.count()}; }

}  // namespace

void ExemptionTeller::look(const Exemptions& exemptions, Timestamp now) {
  const std::size_t size = exemptions.allowed.size() + exemptions.left_alone.size();
  if (size == looked_size_ && now >= looked_at_ && now < later(looked_at_, look_pause)) return;
  looked_size_ = size;
  looked_at_ = now;
  wanted_.clear();
  const auto take = [&](const std::vector<Exemption>& entries, bool is_allowed) {
    for (const Exemption& entry : entries) {
      Timestamp& until = wanted_[{is_allowed, entry.network}];
      until = std::max(until, entry.until);
    }
  };
  take(exemptions.allowed, true);
  take(exemptions.left_alone, false);
  for (auto& [name, told] : told_)
    std::erase_if(told, [&](const auto& entry) { return !wanted_.contains(entry.first); });
}

std::vector<ActionTask> ExemptionTeller::due(const ActionChannel& channel, Timestamp now, std::size_t max) {
  std::vector<ActionTask> out;
  auto& told = told_[channel.name()];
  for (const auto& [key, wanted] : wanted_) {
    if (out.size() == max) break;
    const auto& [is_allowed, network] = key;
    const auto known = told.find(key);
    const Timestamp heard = known == told.end() ? Timestamp{} : known->second.until;
    const bool is_heard = heard >= (is_allowed ? std::min(wanted, later(now, told_before)) : wanted);
    if (is_heard || wanted <= now || (known != told.end() && now < known->second.next)) continue;
    ActionTask task;
    task.stored.id = (is_allowed ? "allow " : "leave alone ") + network.to_text();
    task.stored.responder = channel.name();
    task.not_to_block = {network, is_allowed, is_allowed ? std::min(wanted, later(now, told_for)) : wanted};
    if (!channel.is_under_way(task.stored.id)) out.push_back(std::move(task));
  }
  return out;
}

void ExemptionTeller::settle(const ActionReport& report) {
  const NotToBlock& what = *report.not_to_block;
  const Key key{what.is_allowed, what.network};
  if (!wanted_.contains(key)) return;
  Told& told = told_[report.stored.responder][key];
  if (report.result.verdict == ActionVerdict::done) {
    told = {what.until, report.at};
    return;
  }
  const bool is_refused = report.result.verdict == ActionVerdict::failed;
  told.next = later(report.at, is_refused ? wait_refused : wait_unheard);
  if (!is_refused) return;
  if (const auto hidden = trouble_lines_.admit(Duration(report.at.microseconds)))
    log::warn("who blocks does not take that somebody is not to be blocked",
              {{"responder", report.stored.responder},
               {"network", what.network.to_text()},
               {"error", report.result.why},
               {"hidden", std::to_string(*hidden)}});
}

}  // namespace alarum
