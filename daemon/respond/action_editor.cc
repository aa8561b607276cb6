#include "daemon/respond/action_editor.h"

#include "config/quantity.h"
#include "daemon/base/digest.h"
#include "daemon/base/embedded_ipv4.h"
#include "daemon/base/printable.h"
#include "daemon/respond/action_reader.h"
#include "daemon/respond/ledger_editor.h"
#include "daemon/respond/ledger_reader.h"
#include "daemon/respond/standing_blocks.h"
#include "daemon/respond/stored_action.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

namespace alarum {
namespace {

/// For how long an edit waits for whoever writes; everybody else who asks waits as well.
constexpr std::chrono::milliseconds patience{500};
/// How much later than ordered a block may still begin.
constexpr Duration deadline = std::chrono::minutes(5);

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

Result<IpNetwork> network_of(const std::string& text) {
  const auto out = IpNetwork::parse(text);
  if (!out) return invalid("'" + printable(text) + "' is no address and no network: 192.0.2.7, 192.0.2.0/24");
  return *out;
}

Status check_why(const ActionPerson& by, bool is_needed) {
  if (is_needed && by.why.empty()) return invalid("it takes a reason: say why");
  if (by.why.size() <= why_bytes_max) return {};
  return invalid("the reason is longer than " + std::to_string(why_bytes_max) + " bytes");
}

/// Who carries out the order.
Result<Blocker> blocker_of(const std::vector<Blocker>& known, const std::string& wanted) {
  if (known.empty()) return invalid("none of the configured responders blocks addresses");
  if (wanted.empty() && known.size() == 1) return known.front();
  std::string out = "a responder that blocks is one of";
  for (const Blocker& blocker : known) {
    if (blocker.name == wanted) return blocker;
    out += " " + blocker.name;
  }
  return invalid(wanted.empty() ? "several responders block: say which; " + out
                                : out + ", not '" + printable(wanted) + "'");
}

/// In another mode the order would only be written down as refused.
Status refuse_mode(const Blocker& blocker) {
  if (blocker.mode == ResponderMode::automatic) return {};
  return invalid("the mode of '" + blocker.name + "' is " +
                 (blocker.mode == ResponderMode::off ? "off" : "shadow") +
                 ", so it blocks nobody: write 'mode: auto' into its entry of 'responders', and reload");
}

/// Those that are meant.
template <class IsMeant>
std::vector<StandingBlock> those(const std::vector<StandingBlock>& blocks, const IsMeant& is_meant) {
  std::vector<StandingBlock> out;
  std::copy_if(blocks.begin(), blocks.end(), std::back_inserter(out), is_meant);
  return out;
}

/// Who is left alone is let go, whatever else blocks it: so all of that is taken back, too.
void add_others(const std::vector<StandingBlock>& all, const std::vector<IpNetwork>& targets,
                std::vector<StandingBlock>& blocks) {
  std::set<std::string> known;
  for (const StandingBlock& block : blocks) known.insert(block.id);
  const auto is_other = [&](const StandingBlock& block) {
    return !known.contains(block.id) &&
           std::any_of(targets.begin(), targets.end(),
                       [&](const IpNetwork& target) { return block.is_within(target); });
  };
  std::copy_if(all.begin(), all.end(), std::back_inserter(blocks), is_other);
}

}  // namespace

struct ActionEditor::Edit {
  LedgerDatabase& database;
  AuditLog& audit;
  const ActionPerson& by;
  Timestamp now;

  /// An entry of the audit log of this edit, with `subject`.
  AuditEntry entry(std::string what, std::string subject = "") const {
    return {now, by.who, by.who_uid, std::move(what), std::move(subject), "", by.why};
  }

  /// Takes back those that are done, and lets nobody begin the others. One that is being made in this moment
  /// is not known to be there.
  Result<BlocksTakenBack> take_back_all(const std::vector<StandingBlock>& blocks) {
    BlocksTakenBack out;
    for (const StandingBlock& block : blocks) {
      ++(block.is_begun ? out.to_come : out.blocks);
      if (!block.is_begun) TRY_OK(take_back(database, audit, block, entry("")));
    }
    return out;
  }
};

Result<std::unique_ptr<ActionEditor>> ActionEditor::open(const std::string& path,
                                                         const Published<ActionRules>& rules, Clock& clock,
                                                         LedgerDamage& damage) {
  TRY(auto database, LedgerDatabase::open(path, LedgerDatabase::Access::write, patience));
  return std::unique_ptr<ActionEditor>(new ActionEditor(std::move(database), rules, clock, damage));
}

/// Runs the steps of an edit in one transaction.
Status ActionEditor::make(const ActionPerson& by, const std::function<Status(Edit&)>& steps) {
  if (damage_.is_found())
    return Error{ErrorCode::unsupported,
                 "the ledger is not written any more: " + std::string(LedgerDamage::advice)};
  const auto run = [&]() -> Status {
    TRY(LedgerTransaction transaction, LedgerTransaction::begin(*database_));
    TRY(AuditLog audit, AuditLog::prepare(*database_));
    Edit edit{*database_, audit, by, clock_.wall()};
    TRY_OK(steps(edit));
    return transaction.commit();
  };
  Status made = run();
  if (!made) damage_.note(made.error());
  return made;
}

Result<std::string> ActionEditor::block(const BlockOrder& order, const ActionPerson& by) {
  TRY_OK(check_why(by, true));
  TRY(const IpNetwork target, network_of(order.target));
  const auto rules = rules_.get();
  TRY(const Blocker blocker, blocker_of(rules->blockers, order.responder));
  TRY_OK(refuse_mode(blocker));
  std::string id;
  TRY_OK(make(by, [&](Edit& edit) -> Status {
    TRY_OK(refuse_early(rules->guard_rails, target, order.lasts, edit.now));
    TRY(id, insert_block(target, blocker.name, order.lasts, edit));
    AuditEntry entry = edit.entry("block_ordered", id);
    entry.detail = target.to_text() + " by " + blocker.name + " for " + duration_text(order.lasts.count()) +
                   ": " + by.why;
    return edit.audit.append(entry);
  }));
  return id;
}

/// What would be refused anyway, and is better said to whoever asks.
Status ActionEditor::refuse_early(const GuardRailsConfig& config, const IpNetwork& target, Duration lasts,
                                  Timestamp now) {
  TRY_OK(refuse_tripped());
  TRY(const Exemptions exemptions, read_exemptions(*database_, now));
  const BlockProposal proposal{.target = target, .stands_for = embedded_ipv4(target, {}), .lasts = lasts};
  const std::array<std::optional<GuardRefusal>, 4> refusals = {
      refuse_prefix(target, config), refuse_duration(lasts, config.duration_max),
      refuse_protected(proposal, config, exemptions, now), refuse_left_alone(proposal, exemptions, now)};
  for (const auto& refusal : refusals) {
    if (refusal)
      return invalid("guard " + std::string(refusal->guard) + " (" + refusal->entry +
                     ") refuses it: " + refusal->why);
  }
  return {};
}

Status ActionEditor::refuse_tripped() {
  TRY(const auto tripped, ActionReader(*database_).breaker());
  if (!tripped) return {};
  return invalid("the breaker has tripped (" + tripped->entry +
                 "), so nothing is blocked: look why, then alarum breaker reset");
}

Result<std::string> ActionEditor::insert_block(const IpNetwork& target, const std::string& responder,
                                               Duration lasts, Edit& edit) {
  const std::string key = target.to_text();
  TRY(LedgerStatement past,
      database_->prepare("SELECT count(*), total(state IN ('intent', 'executing')) > 0 FROM actions"
                         " WHERE incident_id IS NULL AND step_id = ? AND target_key = ? AND responder = ?"));
  TRY_OK(past.start({manual_step, key, responder}));
  TRY(const bool has_row, past.next());
  const std::int64_t repeat = has_row ? past.number(0) : 0;
  const bool is_open = has_row && past.number(1) != 0;
  past.end();
  if (is_open) return invalid("a block of " + key + " by " + responder + " is under way already");
  std::string id = id_of({manual_step, responder, key, std::to_string(repeat)});
  TRY(LedgerStatement insert,
      database_->prepare("INSERT INTO actions (action_id, rule_id, source, playbook, step_id, responder,"
                         " nature, target_type, target, target_key, repeat, lasts_us, due_us, expires_us,"
                         " needs, state, next_us, intended_us, why) VALUES (?1, '', '', '', ?2, ?3,"
                         " 'blocking', 'network', ?4, ?4, ?5, ?6, ?7, ?8, '', 'intent', ?7, ?7, ?9)"));
  const Timestamp expires{edit.now.microseconds + deadline.count()};
  TRY_OK(insert.run({id, manual_step, responder, key, repeat, std::int64_t{lasts.count()}, edit.now, expires,
                     edit.by.why}));
  return id;
}

Status ActionEditor::leave_alone(const std::vector<IpNetwork>& networks, Edit& edit) {
  const Duration lasts = rules_.get()->guard_rails.leave_alone;
  if (lasts <= Duration(0)) return {};
  std::vector<ExemptionEntry> entries;
  entries.reserve(networks.size());
  for (const IpNetwork& network : networks)
    entries.push_back({.network = network,
                       .kind = ExemptionKind::left_alone,
                       .until = {edit.now.microseconds + lasts.count()},
                       .at = edit.now,
                       .who = edit.by.who,
                       .who_uid = edit.by.who_uid,
                       .why = edit.by.why});
  return put_exemptions(edit.database, edit.audit, entries);
}

Result<BlocksTakenBack> ActionEditor::unblock(const std::string& target, const ActionPerson& by) {
  TRY_OK(check_why(by, false));
  TRY(const IpNetwork network, network_of(target));
  BlocksTakenBack out;
  TRY_OK(make(by, [&](Edit& edit) -> Status {
    TRY(const auto blocks, standing_blocks(edit.database, {}, edit.now));
    TRY(out, edit.take_back_all(those(blocks, [&](const auto& one) { return one.is_within(network); })));
    for (const StandingBlock& block : blocks) {
      const bool holds = block.is_done && block.target && block.target->contains(network);
      if (holds && *block.target != network) out.held_by.push_back(block.target->to_text());
    }
    return leave_alone({network}, edit);
  }));
  return out;
}

Result<BlocksTakenBack> ActionEditor::undo(const UndoFilter& filter, const ActionPerson& by) {
  TRY_OK(check_why(by, false));
  if (filter.incident.empty() && filter.rule.empty() && !filter.since)
    return invalid("say which blocks: those of an incident, of a rule, or since a time");
  BlocksTakenBack out;
  TRY_OK(make(by, [&](Edit& edit) -> Status {
    StandingFilter found{.rule = filter.rule};
    if (filter.since) found.since = *filter.since;
    if (!filter.incident.empty()) {
      TRY(const IncidentSummary incident, find_incident(edit.database, filter.incident));
      found.incident = incident.id;
    }
    TRY(auto blocks, standing_blocks(edit.database, found, edit.now));
    std::vector<IpNetwork> targets;
    for (const StandingBlock& block : blocks) {
      if (block.target) targets.push_back(*block.target);
    }
    if (rules_.get()->guard_rails.leave_alone > Duration(0)) {
      TRY(const auto all, standing_blocks(edit.database, {}, edit.now));
      add_others(all, targets, blocks);
    }
    TRY(out, edit.take_back_all(blocks));
    return leave_alone(targets, edit);
  }));
  return out;
}

Result<BlocksTakenBack> ActionEditor::allow(const std::string& network, Duration lasts,
                                            const ActionPerson& by) {
  TRY_OK(check_why(by, true));
  TRY(const IpNetwork allowed, network_of(network));
  if (lasts <= Duration(0) || lasts > allowed_max)
    return invalid("somebody is allowed for up to " + duration_text(allowed_max.count()) + ", not for " +
                   duration_text(lasts.count()));
  BlocksTakenBack out;
  TRY_OK(make(by, [&](Edit& edit) -> Status {
    const Timestamp until{edit.now.microseconds + lasts.count()};
    TRY_OK(put_exemptions(edit.database, edit.audit,
                          {{allowed, ExemptionKind::allowed, until, edit.now, by.who, by.who_uid, by.why}}));
    TRY(const auto blocks, standing_blocks(edit.database, {}, edit.now));
    TRY(out, edit.take_back_all(those(blocks, [&](const auto& one) { return one.shares_with(allowed); })));
    return {};
  }));
  return out;
}

Status ActionEditor::disallow(const std::string& network, const ActionPerson& by) {
  TRY_OK(check_why(by, false));
  TRY(const IpNetwork found, network_of(network));
  return make(by, [&](Edit& edit) {
    return remove_exemptions(edit.database, edit.audit, found, edit.entry("exemption_removed"));
  });
}

Status ActionEditor::reset_breaker(const ActionPerson& by) {
  TRY_OK(check_why(by, true));
  return make(by, [&](Edit& edit) -> Status {
    TRY(const auto tripped, ActionReader(edit.database).breaker());
    if (!tripped) return Error{ErrorCode::not_found, "the breaker has not tripped"};
    TRY_OK(edit.database.run("DELETE FROM breaker"));
    TRY(LedgerStatement reset,
        edit.database.prepare("INSERT INTO breaker_reset VALUES (1, ?) ON CONFLICT DO UPDATE SET at_us ="
                              " excluded.at_us"));
    TRY_OK(reset.run({edit.now}));
    AuditEntry entry = edit.entry("breaker_reset", tripped->guard);
    entry.detail = tripped->entry + ", tripped at " + format_time(tripped->at) + ": " + by.why;
    return edit.audit.append(entry);
  });
}

}  // namespace alarum
