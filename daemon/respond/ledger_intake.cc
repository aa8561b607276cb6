#include "daemon/respond/ledger_intake.h"

#include "daemon/base/fold.h"
#include "daemon/respond/entity_key.h"
#include "daemon/respond/incident.h"

#include <algorithm>

namespace alarum {
namespace {

/// How far back of its decision an alert looks for its incident, whatever time its events claim.
constexpr Duration grouping_past_max = std::chrono::hours(24);
/// A detection that is said to have taken longer is a wrong clock, or old records that are read again.
constexpr Duration detection_max = std::chrono::hours(24 * 30);

constexpr std::string_view insert_alert =
    "INSERT INTO alerts (alert_id, incident_id, rule_id, first_event_us, last_event_us, detected_us,"
    " alert_json) VALUES (?, ?, ?, ?, ?, ?, ?)";

/// The oldest among the newest open incidents with the entity: of more than that an attacker who makes
/// incidents on purpose would make each alert look through all of them.
constexpr std::string_view find_open =
    "SELECT coalesce(min(incident_number), 0) FROM (SELECT incident_number, first_us FROM open_entities"
    " WHERE type = ? AND key = ? AND last_us >= ? ORDER BY last_us DESC LIMIT 64) WHERE first_us <= ?";

constexpr std::string_view read_found =
    "SELECT incident_number, incident_id, state, level, revision, joined_revision FROM incidents WHERE"
    " incident_number = ?";

constexpr std::string_view insert_incident =
    "INSERT INTO incidents (incident_id, state, level, title, opened_us) VALUES (?, 'new', ?, ?, ?)";

constexpr std::string_view insert_opening =
    "INSERT INTO journal (incident_id, at_us, who, change, from_value, to_value, why, level, rule_id, phase,"
    " since_us, unmeasured) VALUES (?, ?, 'alarumd', 'opened', '', 'new', ?, ?, ?, 'detect', ?,"
    " nullif(?, ''))";

constexpr std::string_view insert_line =
    "INSERT INTO journal (incident_id, at_us, who, change, from_value, to_value, why, level, rule_id)"
    " VALUES (?, ?, 'alarumd', ?, ?, ?, ?, ?, ?)";

/// Who has seen it when it was less bad has not seen what it is.
constexpr std::string_view raise_incident =
    "UPDATE incidents SET level = ?, title = ?, revision = revision + 1, joined_revision = revision + 1"
    " WHERE incident_number = ?";

constexpr std::string_view note_joined =
    "UPDATE incidents SET joined_revision = revision WHERE incident_number = ?";

/// Null is smaller than every number for `min` of several arguments, so what may be null is filled in first.
constexpr std::string_view count_alert =
    "UPDATE incidents SET alerts = alerts + 1,"
    " first_event_us = min(coalesce(first_event_us, ?2), coalesce(?2, first_event_us)),"
    " last_event_us = max(coalesce(last_event_us, ?3), coalesce(?3, last_event_us))"
    " WHERE incident_number = ?1";

constexpr std::string_view count_rule =
    "INSERT INTO incident_rules (incident_id, rule_id, title, level, alerts, first_us, last_us)"
    " VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET alerts = alerts + 1, title = excluded.title,"
    " level = excluded.level, first_us = min(first_us, excluded.first_us),"
    " last_us = max(last_us, excluded.last_us)";

constexpr std::string_view count_entity =
    "INSERT INTO incident_entities (incident_id, type, key, value, alerts, first_us, last_us)"
    " VALUES (?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET alerts = alerts + 1,"
    " first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us)";

constexpr std::string_view keep_open =
    "INSERT INTO open_entities (type, key, incident_number, first_us, last_us) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET first_us = min(first_us, excluded.first_us),"
    " last_us = max(last_us, excluded.last_us)";

/// When detection began to take time, or why nobody can say.
struct DetectionStart {
  std::optional<Timestamp> since;
  std::string_view unmeasured;  ///< empty: it is measured
};

/// A forged time must not make the figures look better, nor a wrong one spoil them.
DetectionStart detection_start(const CommittedAlert& alert) {
  if (!alert.first_event_time) return {std::nullopt, unmeasured_no_time};
  const Duration took(alert.detected_at.microseconds - alert.first_event_time->microseconds);
  if (took < Duration(0)) return {std::nullopt, unmeasured_future};
  if (took > detection_max) return {std::nullopt, unmeasured_past};
  return {alert.first_event_time, ""};
}

/// The time by which an alert is grouped: that of its events, unless that lies in the future, or so far back
/// that it would reach incidents of long ago. Events say what they like.
Timestamp grouping_time(Timestamp claimed, const CommittedAlert& alert) {
  const Timestamp earliest{alert.detected_at.microseconds - grouping_past_max.count()};
  return std::clamp(claimed, earliest, alert.detected_at);
}

template <class Texts>
bool holds(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

/// An entity as it is kept, and whether it joins alerts.
struct LedgerIntake::KeptEntity {
  std::string type;
  std::string key;
  std::string value;
  bool joins = false;
};

/// The incident of an alert.
struct LedgerIntake::JoinedIncident {
  std::int64_t number = 0;
  std::string id;
  std::string state;
  std::string level;
  std::int64_t revision = 0;
  std::int64_t joined_revision = 0;  ///< at which the journal last said that alerts join it
};

/// Everything that is run for an alert, compiled once.
struct LedgerIntake::Statements {
  static Result<std::unique_ptr<Statements>> prepare(LedgerDatabase& database) {
    TRY(LedgerStatement known, database.prepare("SELECT 1 FROM alerts WHERE alert_id = ?"));
    TRY(LedgerStatement find, database.prepare(find_open));
    TRY(LedgerStatement read, database.prepare(read_found));
    TRY(LedgerStatement open, database.prepare(insert_incident));
    TRY(LedgerStatement opening, database.prepare(insert_opening));
    TRY(LedgerStatement raise, database.prepare(raise_incident));
    TRY(LedgerStatement joined, database.prepare(note_joined));
    TRY(LedgerStatement line, database.prepare(insert_line));
    TRY(LedgerStatement alert, database.prepare(insert_alert));
    TRY(LedgerStatement incident, database.prepare(count_alert));
    TRY(LedgerStatement rule, database.prepare(count_rule));
    TRY(LedgerStatement entity, database.prepare(count_entity));
    TRY(LedgerStatement keep, database.prepare(keep_open));
    TRY(LedgerStatement begin, database.prepare("UPDATE outbox_position SET last_sequence = ?"));
    TRY(LedgerStatement pass,
        database.prepare("UPDATE outbox_position SET last_sequence = max(last_sequence, ?)"));
    return std::unique_ptr<Statements>(new Statements{
        std::move(known), std::move(find), std::move(read), std::move(open), std::move(opening),
        std::move(raise), std::move(joined), std::move(line), std::move(alert), std::move(incident),
        std::move(rule), std::move(entity), std::move(keep), std::move(begin), std::move(pass)});
  }

  LedgerStatement known;
  LedgerStatement find;
  LedgerStatement read;
  LedgerStatement open;
  LedgerStatement opening;
  LedgerStatement raise;
  LedgerStatement joined;
  LedgerStatement line;
  LedgerStatement alert;
  LedgerStatement incident;
  LedgerStatement rule;
  LedgerStatement entity;
  LedgerStatement keep;
  LedgerStatement begin;
  LedgerStatement pass;
};

LedgerIntake::LedgerIntake(LedgerDatabase& database, GroupingRules rules, Clock& clock,
                           std::unique_ptr<Statements> statements)
    : database_(database), rules_(std::move(rules)), clock_(clock), statements_(std::move(statements)) {
  // A shared value is meant in each of its spellings, and of an address in its one key.
  for (std::string& value : rules_.shared_values) value = entity_key({"user.name", value});
}

LedgerIntake::~LedgerIntake() = default;

Result<std::unique_ptr<LedgerIntake>> LedgerIntake::prepare(LedgerDatabase& database, GroupingRules rules,
                                                            Clock& clock) {
  TRY(auto statements, Statements::prepare(database));
  return std::unique_ptr<LedgerIntake>(
      new LedgerIntake(database, std::move(rules), clock, std::move(statements)));
}

Result<std::size_t> LedgerIntake::insert(std::span<const CommittedAlert> alerts, std::uint64_t passed) {
  const Duration end = clock_.steady() + intake_time_max;
  TRY(LedgerTransaction transaction, LedgerTransaction::begin(database_));
  std::size_t done = 0;
  while (done < alerts.size() && (done == 0 || clock_.steady() < end)) {
    TRY_OK(insert(alerts[done]));
    ++done;
  }
  const std::uint64_t last = done == 0 ? 0 : alerts[done - 1].sequence;
  const std::uint64_t position = done == alerts.size() ? std::max(last, passed) : last;
  if (goes_on_at_) TRY_OK(begin_at(*goes_on_at_));
  TRY_OK(statements_->pass.run({static_cast<std::int64_t>(position)}));
  TRY_OK(transaction.commit());
  goes_on_at_.reset();
  return done;
}

Result<std::uint64_t> LedgerIntake::position() {
  TRY(const std::int64_t found, database_.number("SELECT last_sequence FROM outbox_position"));
  return static_cast<std::uint64_t>(found);
}

Status LedgerIntake::begin_at(std::uint64_t sequence) {
  return statements_->begin.run({static_cast<std::int64_t>(sequence)});
}

Status LedgerIntake::insert(const CommittedAlert& alert) {
  TRY(const bool is_there, is_known(alert));
  if (is_there) return {};
  const std::vector<KeptEntity> entities = entities_of(alert);
  TRY(const std::int64_t number, find_incident(entities, alert));
  TRY(const JoinedIncident incident, number == 0 ? open_incident(alert) : read_incident(number));
  if (number != 0) TRY_OK(join(incident, alert));
  TRY_OK(statements_->alert.run({alert.id, incident.id, alert.rule_id, alert.first_event_time,
                                 alert.last_event_time, alert.detected_at, alert.json}));
  return count(incident, alert, entities);
}

/// An alert that names nobody who joins is joined with those of its rule that name nobody either: by its rule
/// as one more entity.
std::vector<LedgerIntake::KeptEntity> LedgerIntake::entities_of(const CommittedAlert& alert) const {
  std::vector<KeptEntity> out;
  std::size_t joining = 0;
  for (const Entity& entity : alert.entities) {
    std::string key = entity_key(entity);
    const auto is_same = [&](const KeptEntity& one) { return one.type == entity.type && one.key == key; };
    if (std::any_of(out.begin(), out.end(), is_same)) continue;
    const bool is_nobody = entity.value.empty() || holds(rules_.shared_values, folded(key)) ||
                           is_address_of_nobody(entity.value);
    const bool joins =
        joining < joining_entities_max && !is_nobody && holds(rules_.entity_types, entity.type);
    if (joins) ++joining;
    out.push_back({entity.type, std::move(key), shown_value(entity.value), joins});
  }
  if (joining == 0) {
    const Entity rule{"rule.id", alert.rule_id};
    out.push_back({rule.type, entity_key(rule), shown_value(rule.value), true});
  }
  return out;
}

Result<bool> LedgerIntake::is_known(const CommittedAlert& alert) {
  TRY_OK(statements_->known.start({alert.id}));
  TRY(const bool found, statements_->known.next());
  statements_->known.end();
  return found;
}

/// The oldest open incident that shares an entity near in time; 0 where there is none. Of two that an alert
/// would join, the older one gets it, and both stay: an id that somebody has written down stays true.
Result<std::int64_t> LedgerIntake::find_incident(const std::vector<KeptEntity>& entities,
                                                 const CommittedAlert& alert) {
  const Timestamp first{grouping_time(alert.begins(), alert).microseconds - rules_.within.count()};
  const Timestamp last{grouping_time(alert.ends(), alert).microseconds + rules_.within.count()};
  std::int64_t out = 0;
  for (const KeptEntity& entity : entities) {
    if (!entity.joins) continue;
    LedgerStatement& find = statements_->find;
    TRY_OK(find.start({entity.type, entity.key, first, last}));
    TRY(const bool has_row, find.next());
    const std::int64_t number = has_row ? find.number(0) : 0;
    find.end();
    if (number != 0 && (out == 0 || number < out)) out = number;
  }
  return out;
}

Result<LedgerIntake::JoinedIncident> LedgerIntake::read_incident(std::int64_t number) {
  LedgerStatement& read = statements_->read;
  TRY_OK(read.start({number}));
  TRY(const bool has_row, read.next());
  if (!has_row) return Error{ErrorCode::io, "the ledger has no incident number " + std::to_string(number)};
  JoinedIncident out{read.number(0), read.text(1),   read.text(2),
                     read.text(3),   read.number(4), read.number(5)};
  read.end();
  return out;
}

Result<LedgerIntake::JoinedIncident> LedgerIntake::open_incident(const CommittedAlert& alert) {
  const std::string id = incident_id_of(alert.id);
  TRY_OK(statements_->open.run({id, alert.level, alert.rule_title, alert.detected_at}));
  TRY(const std::int64_t number, database_.number("SELECT last_insert_rowid()"));
  const DetectionStart start = detection_start(alert);
  TRY_OK(statements_->opening.run({id, alert.detected_at, "alert " + alert.id, alert.level, alert.rule_id,
                                   start.since, start.unmeasured}));
  return read_incident(number);
}

/// An incident is as bad as its worst alert, and is called after it. Of one that somebody has looked at the
/// journal says that alerts still come, once after each change: a line for each alert would bury the others.
Status LedgerIntake::join(const JoinedIncident& incident, const CommittedAlert& alert) {
  const std::string why = "alert " + alert.id;
  if (level_rank(alert.level) > level_rank(incident.level)) {
    TRY_OK(statements_->raise.run({alert.level, alert.rule_title, incident.number}));
    return statements_->line.run({incident.id, alert.detected_at, "level", incident.level, alert.level, why,
                                  alert.level, alert.rule_id});
  }
  if (incident.state == "new" || incident.joined_revision == incident.revision) return {};
  TRY_OK(statements_->joined.run({incident.number}));
  return statements_->line.run(
      {incident.id, alert.detected_at, "joined", "", alert.rule_title, why, incident.level, alert.rule_id});
}

Status LedgerIntake::count(const JoinedIncident& incident, const CommittedAlert& alert,
                           const std::vector<KeptEntity>& entities) {
  TRY_OK(statements_->incident.run({incident.number, alert.first_event_time, alert.last_event_time}));
  TRY_OK(statements_->rule.run(
      {incident.id, alert.rule_id, alert.rule_title, alert.level, alert.begins(), alert.ends()}));
  for (const KeptEntity& entity : entities) {
    TRY_OK(statements_->entity.run(
        {incident.id, entity.type, entity.key, entity.value, alert.begins(), alert.ends()}));
    if (!entity.joins) continue;
    TRY_OK(statements_->keep.run({entity.type, entity.key, incident.number,
                                  grouping_time(alert.begins(), alert), grouping_time(alert.ends(), alert)}));
  }
  return {};
}

}  // namespace alarum
