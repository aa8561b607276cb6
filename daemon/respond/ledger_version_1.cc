#include "daemon/respond/ledger_version_1.h"

#include <array>

namespace alarum {
namespace {

/// What is known of incidents. Times are microseconds since 1970 in UTC, as everywhere inside the daemon:
/// they add up exactly in SQL, and hold every year that an event may claim. `journal_number` follows the
/// order of commits, so that what was read up to one is never added to. Words that later versions may add to,
/// `change` and `phase`, are checked by the program alone.
constexpr const char* tables = R"sql(
CREATE TABLE incidents (
  incident_number INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('new', 'acknowledged', 'contained', 'resolved')),
  level TEXT NOT NULL CHECK (level IN ('informational', 'low', 'medium', 'high', 'critical')),
  title TEXT NOT NULL,
  opened_us INTEGER NOT NULL,
  first_event_us INTEGER,
  last_event_us INTEGER,
  alerts INTEGER NOT NULL DEFAULT 0,
  assignee TEXT NOT NULL DEFAULT '',
  verdict TEXT CHECK (verdict IN ('true_positive', 'false_positive', 'benign_true_positive')),
  revision INTEGER NOT NULL DEFAULT 1,
  joined_revision INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX open_by_level ON incidents (level, state, opened_us) WHERE state <> 'resolved';
CREATE INDEX open_by_number ON incidents (incident_number) WHERE state <> 'resolved';

CREATE TABLE alerts (
  alert_number INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id TEXT NOT NULL UNIQUE,
  incident_id TEXT NOT NULL REFERENCES incidents (incident_id),
  rule_id TEXT NOT NULL,
  first_event_us INTEGER,
  last_event_us INTEGER,
  detected_us INTEGER NOT NULL,
  alert_json TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_of_incident ON alerts (incident_id);

CREATE TABLE incident_rules (
  incident_id TEXT NOT NULL REFERENCES incidents (incident_id),
  rule_id TEXT NOT NULL,
  title TEXT NOT NULL,
  level TEXT NOT NULL,
  alerts INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  PRIMARY KEY (incident_id, rule_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rules_by_alerts ON incident_rules (incident_id, alerts DESC, rule_id);

CREATE TABLE incident_entities (
  incident_id TEXT NOT NULL REFERENCES incidents (incident_id),
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  alerts INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  PRIMARY KEY (incident_id, type, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX incidents_of_entity ON incident_entities (type, key);
CREATE INDEX entities_by_alerts ON incident_entities (incident_id, alerts DESC, type, key);

CREATE TABLE journal (
  journal_number INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id TEXT NOT NULL REFERENCES incidents (incident_id),
  at_us INTEGER NOT NULL,
  who TEXT NOT NULL,
  who_uid INTEGER,
  change TEXT NOT NULL,
  from_value TEXT NOT NULL,
  to_value TEXT NOT NULL,
  why TEXT NOT NULL,
  level TEXT NOT NULL,
  rule_id TEXT,
  phase TEXT,
  since_us INTEGER,
  unmeasured TEXT,
  UNIQUE (incident_id, phase)
) STRICT;
CREATE INDEX journal_of_incident ON journal (incident_id);

CREATE TABLE notes (
  note_number INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id TEXT NOT NULL REFERENCES incidents (incident_id),
  at_us INTEGER NOT NULL,
  who TEXT NOT NULL,
  who_uid INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('hypothesis', 'finding', 'decision')),
  markdown TEXT NOT NULL
) STRICT;
CREATE INDEX notes_of_incident ON notes (incident_id);
)sql";

/// What is quickly found and counted however long the ledger is: of incidents that are not resolved the
/// entities that join alerts, and how many incidents there are; and how far the outbox is in the ledger.
constexpr const char* shortcuts = R"sql(
CREATE TABLE open_entities (
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  incident_number INTEGER NOT NULL REFERENCES incidents (incident_number),
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  PRIMARY KEY (type, key, incident_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_entities_by_time ON open_entities (type, key, last_us);
CREATE INDEX open_entities_of_incident ON open_entities (incident_number);
CREATE TRIGGER resolved_joins_nothing AFTER UPDATE OF state ON incidents WHEN NEW.state = 'resolved'
  BEGIN DELETE FROM open_entities WHERE incident_number = NEW.incident_number; END;

CREATE TABLE state_counts (
  level TEXT NOT NULL,
  state TEXT NOT NULL,
  incidents INTEGER NOT NULL,
  PRIMARY KEY (level, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER new_is_counted AFTER INSERT ON incidents BEGIN
  INSERT INTO state_counts VALUES (NEW.level, NEW.state, 1)
    ON CONFLICT DO UPDATE SET incidents = incidents + 1;
END;
CREATE TRIGGER change_is_counted AFTER UPDATE OF level, state ON incidents
  WHEN NEW.level <> OLD.level OR NEW.state <> OLD.state BEGIN
  UPDATE state_counts SET incidents = incidents - 1 WHERE level = OLD.level AND state = OLD.state;
  INSERT INTO state_counts VALUES (NEW.level, NEW.state, 1)
    ON CONFLICT DO UPDATE SET incidents = incidents + 1;
END;

CREATE TABLE outbox_position (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  last_sequence INTEGER NOT NULL
) STRICT;
INSERT INTO outbox_position VALUES (1, 0);
)sql";

/// What is done about incidents. An action is committed before anything is done (`intent`), again when an
/// attempt begins (`executing`), and when it has ended; `next_us` is when the next attempt may begin.
/// `decisions` says of each step of each playbook what became of it last, and how often; the positions, how
/// far alerts are decided, and how far the journal was read for incidents that were resolved.
constexpr const char* actions = R"sql(
CREATE TABLE actions (
  action_number INTEGER PRIMARY KEY AUTOINCREMENT,
  action_id TEXT NOT NULL UNIQUE,
  incident_id TEXT REFERENCES incidents (incident_id),
  alert_id TEXT REFERENCES alerts (alert_id),
  rule_id TEXT NOT NULL,
  source TEXT NOT NULL,
  playbook TEXT NOT NULL,
  step_id TEXT NOT NULL,
  responder TEXT NOT NULL,
  nature TEXT NOT NULL CHECK (nature IN ('telling', 'running', 'blocking')),
  target_type TEXT NOT NULL,
  target TEXT NOT NULL,
  target_key TEXT NOT NULL,
  repeat INTEGER NOT NULL,
  lasts_us INTEGER,
  due_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL,
  needs TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('intent', 'executing', 'done', 'failed', 'in_doubt', 'expired', 'denied', 'shadow', 'undoing',
    'undone')),
  attempts INTEGER NOT NULL DEFAULT 0,
  may_be_done INTEGER NOT NULL DEFAULT 0,
  next_us INTEGER NOT NULL,
  intended_us INTEGER NOT NULL,
  begun_us INTEGER,
  ended_us INTEGER,
  until_us INTEGER,
  seen_us INTEGER,
  reference TEXT NOT NULL DEFAULT '',
  why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX unfinished_actions ON actions (action_number) WHERE state IN ('intent', 'executing', 'undoing');
CREATE INDEX unfinished_blocks ON actions (target_key)
  WHERE nature = 'blocking' AND state IN ('intent', 'executing', 'undoing');
CREATE INDEX actions_to_begin ON actions (responder, next_us) WHERE state = 'intent';
CREATE INDEX actions_to_undo ON actions (responder, next_us) WHERE state = 'undoing';
CREATE INDEX actions_that_wait ON actions (incident_id) WHERE state = 'intent' AND needs <> '';
CREATE INDEX actions_of_incident ON actions (incident_id, target_key, step_id);
CREATE INDEX blocks_by_end ON actions (until_us) WHERE state IN ('done', 'shadow') AND until_us IS NOT NULL;
CREATE INDEX blocks_of_target ON actions (target_key, ended_us) WHERE nature = 'blocking';
CREATE INDEX blocks_by_time ON actions (intended_us) WHERE nature = 'blocking';

CREATE TABLE decisions (
  incident_id TEXT NOT NULL REFERENCES incidents (incident_id),
  step_id TEXT NOT NULL,
  target_key TEXT NOT NULL,
  playbook TEXT NOT NULL,
  step INTEGER NOT NULL,
  responder TEXT NOT NULL,
  target TEXT NOT NULL,
  fate TEXT NOT NULL,
  guard TEXT NOT NULL,
  entry TEXT NOT NULL,
  why TEXT NOT NULL,
  action_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (incident_id, step_id, target_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE action_counts (
  responder TEXT NOT NULL,
  outcome TEXT NOT NULL,
  guard TEXT NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (responder, outcome, guard)
) STRICT, WITHOUT ROWID;

CREATE TABLE decided_position (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  alert_number INTEGER NOT NULL
) STRICT;
INSERT INTO decided_position VALUES (1, 0);

CREATE TABLE ended_position (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  journal_number INTEGER NOT NULL
) STRICT;
INSERT INTO ended_position VALUES (1, 0);
)sql";

/// What keeps actions from doing harm, over restarts; and what was done by whom, each line with a hash over
/// itself and the one before it (docs/adr/0014-actions.md).
constexpr const char* safety = R"sql(
CREATE TABLE exemptions (
  network TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('allowed', 'left_alone')),
  until_us INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  who TEXT NOT NULL,
  who_uid INTEGER,
  why TEXT NOT NULL,
  PRIMARY KEY (kind, network)
) STRICT, WITHOUT ROWID;
CREATE INDEX exemptions_by_end ON exemptions (until_us);

CREATE TABLE breaker (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  guard TEXT NOT NULL,
  entry TEXT NOT NULL,
  why TEXT NOT NULL,
  at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE breaker_reset (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), at_us INTEGER NOT NULL) STRICT;

CREATE TABLE rule_revisions (
  rule_id TEXT PRIMARY KEY,
  revision TEXT NOT NULL,
  since_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  audit_number INTEGER PRIMARY KEY AUTOINCREMENT,
  at_us INTEGER NOT NULL,
  who TEXT NOT NULL,
  who_uid INTEGER,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  incident_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_incident ON audit (incident_id) WHERE incident_id <> '';
)sql";

/// Nothing is overwritten, not even by whoever opens the file with another program. `INSERT OR REPLACE`
/// deletes without asking the triggers of deletion, so what it would replace is looked for before.
constexpr const char* walls = R"sql(
CREATE TRIGGER journal_is_kept BEFORE UPDATE ON journal
  BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_whole BEFORE DELETE ON journal
  BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_replaced BEFORE INSERT ON journal
  WHEN EXISTS (SELECT 1 FROM journal WHERE journal_number = NEW.journal_number)
    OR EXISTS (SELECT 1 FROM journal WHERE incident_id = NEW.incident_id AND phase = NEW.phase)
  BEGIN SELECT RAISE (ABORT, 'the journal is append-only'); END;
CREATE TRIGGER notes_are_kept BEFORE UPDATE ON notes
  BEGIN SELECT RAISE (ABORT, 'notes are append-only'); END;
CREATE TRIGGER notes_are_whole BEFORE DELETE ON notes
  BEGIN SELECT RAISE (ABORT, 'notes are append-only'); END;
CREATE TRIGGER notes_are_not_replaced BEFORE INSERT ON notes
  WHEN EXISTS (SELECT 1 FROM notes WHERE note_number = NEW.note_number)
  BEGIN SELECT RAISE (ABORT, 'notes are append-only'); END;
CREATE TRIGGER alerts_are_kept BEFORE UPDATE ON alerts
  BEGIN SELECT RAISE (ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alerts_are_whole BEFORE DELETE ON alerts
  BEGIN SELECT RAISE (ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alerts_are_not_replaced BEFORE INSERT ON alerts
  WHEN EXISTS (SELECT 1 FROM alerts WHERE alert_number = NEW.alert_number)
    OR EXISTS (SELECT 1 FROM alerts WHERE alert_id = NEW.alert_id)
  BEGIN SELECT RAISE (ABORT, 'alerts are append-only'); END;
CREATE TRIGGER incidents_are_whole BEFORE DELETE ON incidents
  BEGIN SELECT RAISE (ABORT, 'incidents are never deleted'); END;
CREATE TRIGGER incidents_are_not_replaced BEFORE INSERT ON incidents
  WHEN EXISTS (SELECT 1 FROM incidents WHERE incident_number = NEW.incident_number)
    OR EXISTS (SELECT 1 FROM incidents WHERE incident_id = NEW.incident_id)
  BEGIN SELECT RAISE (ABORT, 'incidents are never deleted'); END;
CREATE TRIGGER incidents_keep_their_ids BEFORE UPDATE OF incident_id, incident_number, opened_us ON incidents
  BEGIN SELECT RAISE (ABORT, 'an incident keeps its id and when it was opened'); END;
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit
  BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_whole BEFORE DELETE ON audit
  BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
  WHEN EXISTS (SELECT 1 FROM audit WHERE audit_number = NEW.audit_number)
  BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER actions_are_whole BEFORE DELETE ON actions
  BEGIN SELECT RAISE (ABORT, 'actions are never deleted'); END;
CREATE TRIGGER actions_keep_their_ids BEFORE UPDATE OF action_id, incident_id, responder, target ON actions
  BEGIN SELECT RAISE (ABORT, 'an action keeps its id and its target'); END;
CREATE TRIGGER resolved_is_the_end BEFORE UPDATE OF state ON incidents
  WHEN OLD.state = 'resolved' AND NEW.state <> 'resolved'
  BEGIN SELECT RAISE (ABORT, 'a resolved incident stays resolved'); END;
)sql";

/// For people with sqlite3 at hand: the same with times that can be read. Whole seconds and microseconds
/// apart, since a number with a fraction is rounded, at the end of the year 9999 out of the calendar.
constexpr const char* views = R"sql(
CREATE VIEW incident_list AS SELECT
  incident_id, state, level, alerts,
  strftime('%Y-%m-%dT%H:%M:%S', (opened_us - (opened_us % 1000000 + 1000000) % 1000000) / 1000000,
    'unixepoch') || printf('.%06dZ', (opened_us % 1000000 + 1000000) % 1000000) AS opened,
  strftime('%Y-%m-%dT%H:%M:%S', (last_event_us - (last_event_us % 1000000 + 1000000) % 1000000) / 1000000,
    'unixepoch') || printf('.%06dZ', (last_event_us % 1000000 + 1000000) % 1000000) AS last_event,
  assignee, verdict, revision, title FROM incidents ORDER BY incident_number DESC;
CREATE VIEW incident_history AS SELECT
  incident_id,
  strftime('%Y-%m-%dT%H:%M:%S', (at_us - (at_us % 1000000 + 1000000) % 1000000) / 1000000,
    'unixepoch') || printf('.%06dZ', (at_us % 1000000 + 1000000) % 1000000) AS at,
  who, who_uid, change, from_value, to_value, why FROM journal ORDER BY journal_number;
CREATE VIEW action_list AS SELECT
  action_id, incident_id, responder, target, state, attempts,
  strftime('%Y-%m-%dT%H:%M:%S', (intended_us - (intended_us % 1000000 + 1000000) % 1000000) / 1000000,
    'unixepoch') || printf('.%06dZ', (intended_us % 1000000 + 1000000) % 1000000) AS intended,
  strftime('%Y-%m-%dT%H:%M:%S', (until_us - (until_us % 1000000 + 1000000) % 1000000) / 1000000,
    'unixepoch') || printf('.%06dZ', (until_us % 1000000 + 1000000) % 1000000) AS until,
  reference, why, playbook FROM actions ORDER BY action_number DESC;
)sql";

}  // namespace

std::span<const char* const> ledger_version_1() {
  static constexpr std::array<const char*, 6> scripts = {tables, shortcuts, actions, safety, walls, views};
  return scripts;
}

}  // namespace alarum
