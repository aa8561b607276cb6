"""alarum incident, against a daemon that the test plays."""

import json
import os
import pwd
import unittest

import played_daemon
import world

one = {
    "incident_id": "3f2a91bc00112233445566778899aabb",
    "state": "new",
    "level": "high",
    "title": "Odd\x1b[2J Title",
    "opened": "2026-01-02T03:05:05.000000Z",
    "first_event_time": "2026-01-02T03:04:05.000000Z",
    "last_event_time": "2026-01-02T03:54:05.000000Z",
    "alerts": 1500,
    "assignee": None,
    "verdict": None,
    "revision": 7,
}
listed = {"schema": "alarum.incident_list/1", "incidents": [one], "next_before": 12}
whole = {
    "schema": "alarum.incident/1",
    "incident": one,
    "rules": [
        {"id": "r", "title": "Odd Title", "level": "high", "alerts": 1500, "repeat_interval_seconds": 2.001,
         "first": "2026-01-02T03:04:05.000000Z", "last": "2026-01-02T03:54:05.000000Z"}
    ],
    "rules_cut": False,
    "entities": [
        {"type": "host.name", "value": "\u202ews-17", "alerts": 1,
         "first": "2026-01-02T03:04:05.000000Z", "last": "2026-01-02T03:54:05.000000Z"}
    ],
    "entities_cut": True,
    "notes": [
        {"at": "2026-01-02T04:00:00.000000Z", "who": "ann", "kind": "decision",
         "markdown": "# Off\n\x1b[1mnow", "who_uid": 1000}
    ],
    "next_notes_before": 3,
    "journal": [
        {"at": "2026-01-02T03:05:05.000000Z", "who": "alarumd", "change": "opened", "from": "", "to": "new",
         "why": "alert aa", "who_uid": None},
        {"at": "2026-01-02T04:01:00.000000Z", "who": "ann", "change": "state", "from": "new",
         "to": "acknowledged", "why": "", "who_uid": 1000},
    ],
    "next_journal_before": 2,
    "alerts": [{"alert_id": "aa", "detected_at": "2026-01-02T03:05:05.000000Z", "rule": {"title": "Odd"}}],
    "next_alerts_before": 4,
}
edited = {"schema": "alarum.incident_edit/1", "incident": dict(one, state="acknowledged", assignee="ann")}

list_for_people = """\
ID        REV   LEVEL          STATE         ALERTS  LAST EVENT                   ASSIGNEE    TITLE
3f2a91bc  r7    high           new           1500    2026-01-02T03:54:05.000000Z  -         \
  Odd\\u{001B}[2J Title
older ones: --before 12
"""
list_as_csv = """\
incident_id,revision,state,level,title,opened,first_event_time,last_event_time,alerts,assignee,verdict
3f2a91bc00112233445566778899aabb,7,new,high,"'=HYPERLINK(""x"")",2026-01-02T03:05:05.000000Z,\
2026-01-02T03:04:05.000000Z,2026-01-02T03:54:05.000000Z,1500,,
"""
incident_for_people = """\
incident  3f2a91bc00112233445566778899aabb
title     Odd\\u{001B}[2J Title
level     high
state     new, r7
assignee  -
verdict   -
opened    2026-01-02T03:05:05.000000Z
events    1500 alerts, from 2026-01-02T03:04:05.000000Z to 2026-01-02T03:54:05.000000Z
rule      Odd Title (high): 1500 alerts, last 2026-01-02T03:54:05.000000Z, every 2.001 s on average
entity    host.name \\u{202E}ws-17: 1 alert, last 2026-01-02T03:54:05.000000Z
          and more entities
          earlier notes: --notes-before 3
note      2026-01-02T04:00:00.000000Z ann, decision:
          # Off
          \\u{001B}[1mnow
          earlier changes: --journal-before 2
journal   2026-01-02T03:05:05.000000Z alarumd: opened new, alert aa
journal   2026-01-02T04:01:00.000000Z ann: state new → acknowledged
alert     2026-01-02T03:05:05.000000Z aa Odd
          earlier alerts: --alerts-before 4
"""


class Incident(world.ToolTest):
    def ask(self, *words, answers=(), status=0):
        """Runs the tool against a daemon that answers each request with the next of `answers`."""
        with played_daemon.control(self.folder / "control.sock", answers) as daemon:
            done = self.run_tool("incident", *words, "--socket", "control.sock", status=status)
        self.requests = daemon.requests
        return done

    def test_the_list_is_a_table_and_names_the_next_page(self):
        done = self.ask("list", "--level", "high", "--unassigned", "--limit", "1", answers=[listed])
        self.assertEqual(done.stdout, list_for_people)
        self.assertEqual(self.requests, [
            {"command": "incident_list", "level": "high", "assignee": "", "limit": 1}])
        none = {"schema": "alarum.incident_list/1", "incidents": [], "next_before": None}
        self.assertEqual(self.ask("list", answers=[none]).stdout,
                         "no incidents; those that are resolved are shown with --state all\n")

    def test_an_incident_is_shown_with_everything_and_moves_no_cursor(self):
        done = self.ask("show", "3f2a", answers=[whole])
        self.assertEqual(done.stdout, incident_for_people)
        self.assertEqual(self.requests, [{"command": "incident_show", "incident": "3f2a"}])

    def test_earlier_pages_are_asked_for_by_their_numbers(self):
        self.ask("show", "3f2a", "--notes-before", "3", "--journal-before", "2", "--alerts-before", "4",
                 answers=[whole])
        self.assertEqual(self.requests, [{"command": "incident_show", "incident": "3f2a", "notes_before": 3,
                                          "journal_before": 2, "alerts_before": 4}])

    def test_a_list_is_csv_that_no_spreadsheet_takes_for_formulas(self):
        odd = dict(listed, incidents=[dict(one, title='=HYPERLINK("x")')], next_before=None)
        self.assertEqual(self.ask("list", "--format", "csv", answers=[odd]).stdout, list_as_csv)
        said = self.ask("show", "3f2a", "--format", "csv", status=64).stderr
        self.assertIn("this command prints no CSV", said)

    def test_a_csv_has_every_page_or_as_many_as_were_asked_for(self):
        last = dict(listed, next_before=None)
        done = self.ask("list", "--level", "high", "--format", "csv", answers=[listed, last])
        self.assertEqual(len(done.stdout.splitlines()), 3)
        self.assertEqual(self.requests, [
            {"command": "incident_list", "level": "high", "limit": 500},
            {"command": "incident_list", "level": "high", "limit": 500, "before": 12}])
        done = self.ask("list", "--limit", "2", "--format", "csv", answers=[listed, listed])
        self.assertEqual(len(done.stdout.splitlines()), 3)
        self.assertEqual([request["limit"] for request in self.requests], [2, 1])
        self.ask("list", "--format", "csv", status=4,
                 answers=[listed, {"error": "disk is full", "reason": "unavailable"}])

    def test_programs_get_the_answers_as_they_are(self):
        for words, answer in (("list",), listed), (("show", "3f2a"), whole):
            done = self.ask(*words, "--format", "json", answers=[answer])
            self.assertEqual(json.loads(done.stdout), answer)

    def test_a_change_names_the_revision_that_was_seen(self):
        self.ask("ack", "3f2a", "--revision", "3", "--why", "on it", answers=[edited])
        self.assertEqual(self.requests, [
            {"command": "incident_acknowledge", "incident": "3f2a", "revision": 3, "why": "on it"}])

    def test_without_a_revision_the_incident_is_looked_at_first(self):
        for words, sent in (
                (("ack", "3f2a"), {"command": "incident_acknowledge"}),
                (("contain", "3f2a"), {"command": "incident_contain"}),
                (("assign", "3f2a", "--to", "ann"), {"command": "incident_assign", "assignee": "ann"}),
                (("assign", "3f2a", "--nobody"), {"command": "incident_assign", "assignee": ""}),
                (("close", "3f2a", "--verdict", "false_positive", "--why", "a test"),
                 {"command": "incident_close", "verdict": "false_positive", "why": "a test"})):
            done = self.ask(*words, answers=[whole, edited])
            self.assertIn("acknowledged", done.stdout)
            self.assertEqual(self.requests, [{"command": "incident_show", "incident": "3f2a"},
                                             {"incident": "3f2a", "revision": 7, **sent}])

    def test_what_is_resolved_or_of_another_takes_the_revision_that_was_seen(self):
        for changed, said in (({"assignee": "bob"}, "is assigned to 'bob'"),
                              ({"state": "resolved", "verdict": "true_positive"},
                               "is resolved as true_positive")):
            other = dict(whole, incident=dict(one, **changed))
            done = self.ask("ack", "3f2a", answers=[other], status=1)
            self.assertIn(said, done.stderr)
            self.assertIn("if you still want this, say --revision 7", done.stderr)
            self.ask("ack", "3f2a", "--revision", "7", answers=[edited])
        me = pwd.getpwuid(os.geteuid()).pw_name
        self.ask("ack", "3f2a", answers=[dict(whole, incident=dict(one, assignee=me)), edited])

    def test_a_note_is_sent_with_all_its_bytes(self):
        self.ask("note", "3f2a", "a \"b\" \\ `c`", "--kind", "hypothesis", answers=[edited])
        self.assertEqual(self.requests, [
            {"command": "incident_note", "incident": "3f2a", "kind": "hypothesis",
             "markdown": "a \"b\" \\ `c`"}])

    def test_refusals_are_1_and_a_ledger_that_cannot_is_4(self):
        stale = {"error": "incident x has changed meanwhile", "reason": "stale"}
        done = self.ask("ack", "3f2a", "--revision", "3", answers=[stale], status=1)
        self.assertIn("the daemon refuses: incident x has changed meanwhile", done.stderr)
        full = {"error": "disk is full", "reason": "unavailable"}
        self.ask("note", "3f2a", "x", answers=[full], status=4)
        self.ask("list", answers=[{"error": "may not ask", "reason": "forbidden"}], status=1)
        other = self.ask("list", answers=[{"schema": "alarum.incident_list/2"}], status=4)
        self.assertIn("another form than alarum.incident_list/1", other.stderr)

    def test_wrong_usage_is_64_and_asks_nobody(self):
        for words in (("list", "--limit", "many"), ("show", "3f2a", "--alerts-before", "0"), ("show",),
                      ("ack", "3f2a", "--revision", "-1"), ("assign", "3f2a"), ("close", "3f2a"),
                      ("ack", "3f2a", "--revision", "007"), ("close", "3f2a", "--verdict", "false_positive"),
                      ("list", "--assignee", "ann", "--unassigned"), ("note", "3f2a", "x" * 32769),
                      ("assign", "3f2a", "--to", "ann", "--nobody"), ("note", "3f2a", "")):
            self.ask(*words, status=64)


if __name__ == "__main__":
    unittest.main()
