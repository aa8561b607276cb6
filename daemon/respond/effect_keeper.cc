#include "daemon/respond/effect_keeper.h"

#include "daemon/base/log.h"
#include "daemon/respond/phase_journal.h"

#include <iterator>
#include <utility>

namespace alarum {
namespace {

/// What an entry of the audit log has to know of an action that is done.
Result<StoredAction> action_of(ActionStore& actions, const std::string& id) {
  TRY(auto found, actions.find(id));
  if (!found) return Error{ErrorCode::not_found, "the ledger has no action " + id};
  return *std::move(found);
}

}  // namespace

Status EffectKeeper::look(Timestamp now) {
  TRY(auto blocks, actions_.watched(now));
  check_.watch(std::move(blocks));
  if (const auto list = check_.list(); list != shown_) {
    ports_.watch(list);
    shown_ = list;
  }
  const EffectNews news = ports_.seen();
  for (const auto& [source, hits] : news.hits) {
    if (hits != nullptr) check_.take(source, *hits);
  }
  auto verdicts = check_.look(now, news.heard);
  std::move(verdicts.begin(), verdicts.end(), std::back_inserter(unwritten_));
  if (unwritten_.empty()) return {};
  TRY(LedgerTransaction transaction, LedgerTransaction::begin(database_));
  for (const EffectVerdict& verdict : unwritten_) {
    Status written = write(verdict, now);
    // What the ledger does not know any more it will not know the next time, and others wait behind it.
    if (!written && written.error().code != ErrorCode::not_found) return written;
  }
  TRY_OK(transaction.commit());
  unwritten_.clear();
  return {};
}

Status EffectKeeper::write(const EffectVerdict& verdict, Timestamp now) {
  if (verdict.kind == EffectVerdict::Kind::ineffective) return write_ineffective(verdict, now);
  TRY(const StoredAction action, action_of(actions_, verdict.action_id));
  if (verdict.kind == EffectVerdict::Kind::unheard) {
    log::warn("nobody knows whether a block works: its source tells nothing",
              {{"action", verdict.action_id}, {"source", action.source}});
    return settler_.note(action, effect_name(verdict.kind), "told until " + format_time(verdict.at), now);
  }
  if (verdict.incident_id.empty()) return {};
  TRY(const bool is_new, note_phase(database_, {.phase = IncidentPhase::contain,
                                                .incident_id = verdict.incident_id,
                                                .rule_id = action.rule_id,
                                                .responder = action.responder,
                                                .why = "no event since action " + verdict.action_id,
                                                .at = verdict.at}));
  if (!is_new) return {};  // somebody came first
  return settler_.note(action, effect_name(verdict.kind), "since " + format_time(verdict.at), now);
}

Status EffectKeeper::write_ineffective(const EffectVerdict& verdict, Timestamp now) {
  TRY(const bool is_new, actions_.note_seen(verdict.action_id, verdict.at));
  if (!is_new) return {};
  TRY(const StoredAction action, action_of(actions_, verdict.action_id));
  log::warn("a block does not help: events of its target still arrive",
            {{"action", verdict.action_id}, {"incident", verdict.incident_id}});
  TRY_OK(actions_.count(action.responder, effect_name(verdict.kind), ""));
  return settler_.note(action, effect_name(verdict.kind), "an event of " + format_time(verdict.at), now);
}

}  // namespace alarum
