"""alarum block, allow, audit, breaker, panic and responder, against programs that the test plays.

What attackers wrote is in it: escapes of a terminal, a line end, an override of the direction of text.
"""

import csv
import http.server
import io
import json
import sqlite3
import threading
import unittest

import played_daemon
import world

hostile = "a\x1b[2J\nb\u202ec"
harmless = "a\\u{001B}[2J\\u{000A}b\\u{202E}c"

block = {
    "action_id": "11" * 16, "incident_id": "3f2a91bc00112233445566778899aabb", "rule_id": hostile,
    "playbook": "cut off", "responder": "firewall", "nature": "blocking", "target": "203.0.113.7",
    "state": "done", "attempts": 1, "intended": "2026-01-02T03:05:05.000000Z",
    "ended": "2026-01-02T03:05:05.020000Z", "until": "2026-01-02T03:20:05.000000Z", "reference": None,
    "why": hostile,
}
ordered = dict(block, action_id="22" * 16, incident_id=None, rule_id=None, playbook=None, state="intent",
               target="2001:db8::/64", until=None, ended=None, why="=cmd|'/c calc'!A1")
tripped = {"guard": "cap", "entry": hostile, "why": "200 within an hour", "at": "2026-01-02T03:06:00.000000Z"}
blocks = {"schema": "alarum.block_list/1", "breaker": None, "blocks": [block, ordered], "next_before": 12}
allowed = {
    "schema": "alarum.allow_list/1",
    "exemptions": [
        {"network": "198.51.100.0/24", "kind": "allowed", "until": "2026-01-02T11:00:00.000000Z",
         "at": "2026-01-02T03:00:00.000000Z", "who": "ann", "who_uid": 1000, "why": hostile}
    ],
    "exemptions_cut": True,
}
audit = {
    "schema": "alarum.audit_list/1",
    "entries": [
        {"number": 2, "at": "2026-01-02T03:07:00.000000Z", "who": "ann", "who_uid": 1000,
         "what": "block_taken_back", "subject": "11" * 16, "incident_id": None, "detail": hostile,
         "hash": "ab" * 32},
        {"number": 1, "at": "2026-01-02T03:05:05.000000Z", "who": "alarumd", "who_uid": None,
         "what": "done", "subject": "11" * 16, "incident_id": "3f2a91bc00112233445566778899aabb",
         "detail": "", "hash": "cd" * 32},
    ],
    "next_before": 1,
}
edited = {"schema": "alarum.action_edit/1", "action_id": None, "blocks_taken_back": 2, "blocks_to_come": 1,
          "held_by": ["203.0.113.0/24"]}
nothing = {"schema": "alarum.action_edit/1", "action_id": None, "blocks_taken_back": 0, "blocks_to_come": 0,
           "held_by": []}
step = {"playbook": "cut off", "step": 1, "responder": "firewall", "target": "203.0.113.7", "fate": "shadow",
        "guard": None, "entry": None, "why": hostile, "action_id": "11" * 16, "alert_id": "aa",
        "at": "2026-01-02T03:05:05.000000Z", "times": 3, "targets": 1}
refused_step = dict(step, step=2, fate="denied", guard="never_block", entry="203.0.113.0/24", why="", times=1)
incident = {
    "schema": "alarum.incident/1",
    "incident": {"incident_id": "3f2a91bc00112233445566778899aabb", "state": "new", "level": "high",
                 "title": "Odd", "opened": "2026-01-02T03:05:05.000000Z", "first_event_time": None,
                 "last_event_time": None, "alerts": 3, "assignee": None, "verdict": None, "revision": 1},
    "steps": [step, refused_step], "steps_cut": True,
    "actions": [dict(block, reference=hostile, why=""), dict(ordered, why=hostile)], "next_actions_before": 7,
}

blocks_for_people = """\
TARGET                STATE      UNTIL                        INCIDENT  RESPONDER   WHY
203.0.113.7           done       2026-01-02T03:20:05.000000Z  3f2a91bc  firewall    HARMLESS
2001:db8::/64         intent     -                            -         firewall    =cmd|'/c calc'!A1
older ones: --before 12
""".replace("HARMLESS", harmless)
allowed_for_people = f"""\
NETWORK               KIND        UNTIL                        WHO       WHY
198.51.100.0/24       allowed     2026-01-02T11:00:00.000000Z  ann       {harmless}
and more
"""
audit_for_people = f"""\
2       2026-01-02T03:07:00.000000Z ann: block_taken_back {'11' * 16}, {harmless}
1       2026-01-02T03:05:05.000000Z alarumd: done {'11' * 16}
older ones: --before 1
"""
steps_for_people = f"""\
step      cut off 1, firewall on 203.0.113.7: shadow, {harmless}, 3 times, last 2026-01-02T03:05:05.000000Z
step      cut off 2, firewall on 203.0.113.7: denied (guard never_block, 203.0.113.0/24), last \
2026-01-02T03:05:05.000000Z
          and more steps
action    2026-01-02T03:05:05.000000Z firewall on 203.0.113.7: done until 2026-01-02T03:20:05.000000Z, \
{harmless}
action    2026-01-02T03:05:05.000000Z firewall on 2001:db8::/64: intent, {harmless}
          earlier actions: --actions-before 7
"""


class ActionTest(world.ToolTest):
    def ask(self, *words, answers=(), status=0):
        """Runs the tool against a daemon that answers each request with the next of `answers`."""
        with played_daemon.control(self.folder / "control.sock", answers) as daemon:
            done = self.run_tool(*words, "--socket", "control.sock", status=status)
        self.requests = daemon.requests
        for output in (done.stdout, done.stderr):
            self.assertNotRegex(output, "[\x1b\u202e]")
        return done


class Lists(ActionTest):
    def test_blocks_are_a_table_and_name_the_next_page(self):
        done = self.ask("block", "list", "--limit", "2", "--before", "20", answers=[blocks])
        self.assertEqual(done.stdout, blocks_for_people)
        self.assertEqual(self.requests, [{"command": "block_list", "limit": 2, "before": 20}])
        none = dict(blocks, blocks=[], next_before=None)
        self.assertEqual(self.ask("block", "list", answers=[none]).stdout, "no blocks\n")

    def test_a_breaker_that_has_tripped_is_told_before_any_block(self):
        done = self.ask("block", "list", answers=[dict(blocks, breaker=tripped)])
        self.assertEqual(done.stdout, "the breaker has tripped at 2026-01-02T03:06:00.000000Z, guard cap "
                         f"({harmless}): nothing acts until somebody says alarum breaker reset\n"
                         + blocks_for_people)

    def test_who_is_allowed_is_a_table(self):
        self.assertEqual(self.ask("allow", "list", answers=[allowed]).stdout, allowed_for_people)
        self.assertEqual(self.requests, [{"command": "allow_list"}])
        none = dict(allowed, exemptions=[], exemptions_cut=False)
        done = self.ask("allow", "list", answers=[none])
        self.assertEqual(done.stdout, "nobody is allowed or left alone\n")

    def test_the_audit_log_is_a_line_for_each_entry(self):
        self.assertEqual(self.ask("audit", "list", answers=[audit]).stdout, audit_for_people)
        none = dict(audit, entries=[], next_before=None)
        self.assertEqual(self.ask("audit", "list", answers=[none]).stdout, "the audit log is empty\n")

    def test_an_incident_shows_what_became_of_each_step_and_its_actions(self):
        shown = self.ask("incident", "show", "3f2a", "--actions-before", "9", answers=[incident]).stdout
        self.assertTrue(shown.endswith(steps_for_people), shown)
        self.assertEqual(self.requests[0]["actions_before"], 9)

    def test_programs_get_the_answers_as_they_are(self):
        for words, answer in (("block", "list"), blocks), (("allow", "list"), allowed), \
                (("audit", "list"), audit), (("allow", "remove", "192.0.2.1"), edited):
            done = self.run_json(*words, answer=answer)
            self.assertEqual(json.loads(done), answer)

    def run_json(self, *words, answer):
        with played_daemon.control(self.folder / "control.sock", [answer]):
            return self.run_tool(*words, "--format", "json", "--socket", "control.sock").stdout

    def rows(self, *words, answers):
        done = self.ask(*words, "--format", "csv", answers=answers)
        return list(csv.DictReader(io.StringIO(done.stdout))), done

    def test_lists_are_csv_that_no_spreadsheet_takes_for_formulas(self):
        rows, _ = self.rows("block", "list", answers=[dict(blocks, next_before=None)])
        self.assertEqual(rows[0], {**{name: block[name] or "" for name in block if name != "nature"},
                                   "attempts": "1", "rule_id": harmless, "why": harmless})
        self.assertEqual(rows[1]["why"], "'=cmd|'/c calc'!A1")
        self.assertEqual(rows[1]["until"], "")
        rows, done = self.rows("allow", "list", answers=[allowed])
        self.assertEqual(rows, [{**allowed["exemptions"][0], "who_uid": "1000", "why": harmless}])
        self.assertIn("no room for more", done.stderr)
        self.assertEqual(self.requests, [{"command": "allow_list"}])
        rows, _ = self.rows("audit", "list", answers=[dict(audit, next_before=None)])
        self.assertEqual(rows[0]["detail"], harmless)
        self.assertEqual((rows[1]["number"], rows[1]["who_uid"], rows[1]["hash"]), ("1", "", "cd" * 32))

    def test_a_csv_has_every_page_or_as_many_as_were_asked_for(self):
        rows, _ = self.rows("block", "list", answers=[blocks, dict(blocks, next_before=None)])
        self.assertEqual(len(rows), 4)
        self.assertEqual(self.requests, [{"command": "block_list", "limit": 500},
                                         {"command": "block_list", "limit": 500, "before": 12}])
        rows, _ = self.rows("audit", "list", "--limit", "2", answers=[audit])
        self.assertEqual(len(rows), 2)


class Changes(ActionTest):
    def test_each_command_sends_what_it_was_told(self):
        why = "a \"b\" $(c) \\ `d`"
        for words, sent in (
                (("block", "add", "203.0.113.7", "--for", "15m", "--why", why, "--with", "firewall"),
                 {"command": "block_add", "target": "203.0.113.7", "for": "15m", "why": why,
                  "responder": "firewall"}),
                (("block", "remove", "203.0.113.0/24"),
                 {"command": "block_remove", "target": "203.0.113.0/24"}),
                (("block", "undo", "--incident", "3f2a", "--rule", "r", "--since", "2026-01-02T03:04:05Z"),
                 {"command": "block_undo", "incident": "3f2a", "rule": "r", "since": "2026-01-02T03:04:05Z"}),
                (("allow", "add", "2001:db8::/64", "--for", "8h", "--why", why),
                 {"command": "allow_add", "network": "2001:db8::/64", "for": "8h", "why": why}),
                (("allow", "remove", "2001:db8::/64", "--why", why),
                 {"command": "allow_remove", "network": "2001:db8::/64", "why": why}),
                (("breaker", "reset", "--why", why), {"command": "breaker_reset", "why": why})):
            self.ask(*words, answers=[nothing])
            self.assertEqual(self.requests, [sent])

    def test_what_an_edit_came_to_is_said(self):
        added = dict(nothing, action_id="11" * 16)
        said = self.ask("block", "add", "203.0.113.7", "--for", "1h", "--why", "x", answers=[added]).stdout
        self.assertEqual(said, f"written down as action {'11' * 16}; alarum block list shows it while it "
                               "lasts, alarum audit list what became of it\n")
        said = self.ask("block", "remove", "203.0.113.7", answers=[edited]).stdout
        self.assertEqual(said, "done; blocks being taken back: 2\n"
                               "not made yet, or just now: 1; look again with alarum block list\n"
                               "still blocked as part of 203.0.113.0/24\n")
        said = self.ask("allow", "remove", "203.0.113.7", answers=[nothing]).stdout
        self.assertEqual(said, "done; no block had to be taken back\n")

    def test_refusals_are_1_and_a_ledger_that_cannot_is_4(self):
        words = ("block", "add", "203.0.113.7", "--for", "1h", "--why", "x")
        guard = {"error": f"guard never_block ({hostile}) refuses it", "reason": "invalid"}
        self.assertIn(f"the daemon refuses: guard never_block ({harmless})",
                      self.ask(*words, answers=[guard], status=1).stderr)
        self.ask(*words, answers=[{"error": "may not", "reason": "forbidden"}], status=1)
        self.ask("breaker", "reset", "--why", "x", status=1,
                 answers=[{"error": "the breaker has not tripped", "reason": "not_found"}])
        self.ask("allow", "list", answers=[{"error": "disk is full", "reason": "unavailable"}], status=4)
        self.ask("block", "list", "--format", "csv", status=4,
                 answers=[blocks, {"error": "disk is full", "reason": "unavailable"}])
        other = self.ask("block", "list", answers=[{"schema": "alarum.block_list/2"}], status=4)
        self.assertIn("another form than alarum.block_list/1", other.stderr)

    def test_nobody_there_is_4(self):
        for words in (("block", "list"), ("allow", "remove", "192.0.2.1"), ("audit", "verify"), ("panic",)):
            self.run_tool(*words, "--socket", "nobody.sock", status=4)

    def test_wrong_usage_is_64_and_asks_nobody(self):
        for words in (("block", "list", "--limit", "0"), ("block", "add", "203.0.113.7", "--why", "x"),
                      ("block", "add", "203.0.113.7", "--for", "1h"), ("block", "undo"), ("breaker", "reset"),
                      ("allow", "add", "192.0.2.1", "--for", "1h"), ("audit", "list", "--before", "x"),
                      ("audit", "verify", "--head", "AB" * 32), ("audit", "verify", "--format", "csv")):
            self.ask(*words, status=64)

    def test_words_that_the_tool_can_judge_are_64_and_ask_nobody(self):
        for words, said in (
                (("block", "add", "203.0.113.7", "--for", "soon"), "'soon' is no time like 15m or 2h"),
                (("block", "add", "203.0.113.07", "--for", "1h"), "'203.0.113.07' is no address"),
                (("block", "remove", "203.0.113.7/24"), "'203.0.113.7/24' is no address and no network"),
                (("block", "undo", "--since", "today"), "'today' is no time like 2026-01-02T03:04:05Z"),
                (("allow", "add", "fe80::1%eth0", "--for", "1h"), "'fe80::1%eth0' is no address"),
                (("allow", "add", "192.0.2.1", "--for", "1"), "'1' is no time like 15m or 2h"),
                (("allow", "remove", hostile), f"'{harmless}' is no address")):
            self.assertIn(said, self.ask(*words, "--why", "x", status=64).stderr)


def verdict(**changed):
    return {"schema": "alarum.audit_verify/1", "entries": 2, "head": "ab" * 32, "end": True,
            "has_noted_head": False, "broken_at": None, "why": "", **changed}


class AuditVerify(ActionTest):
    def test_a_whole_log_is_asked_for_to_its_end(self):
        first = verdict(entries=20000, head="cd" * 32, end=False)
        done = self.ask("audit", "verify", answers=[first, verdict(entries=20001)])
        self.assertEqual(done.stdout, f"20,001 entries fit; head {'ab' * 32}\n")
        self.assertEqual(self.requests, [
            {"command": "audit_verify", "after": 0, "hash": "0" * 64},
            {"command": "audit_verify", "after": 20000, "hash": "cd" * 32}])
        stuck = self.ask("audit", "verify", answers=[verdict(entries=0, end=False)], status=4)
        self.assertIn("goes on nowhere", stuck.stderr)

    def test_a_log_that_does_not_fit_or_lacks_the_noted_head_is_1(self):
        done = self.ask("audit", "verify", answers=[verdict(broken_at=2, why=hostile)], status=1)
        self.assertEqual(done.stdout, f"the audit log is broken at entry 2: {harmless}\n")
        done = self.ask("audit", "verify", "--head", "ef" * 32, answers=[verdict()], status=1)
        self.assertIn("no entry has the noted head", done.stdout)
        self.assertEqual(self.requests[0]["head"], "ef" * 32)
        done = self.ask("audit", "verify", "--head", "ef" * 32, answers=[verdict(has_noted_head=True)])
        self.assertNotIn("noted head", done.stdout)

    def test_programs_get_the_verdict(self):
        with played_daemon.control(self.folder / "control.sock", [verdict(broken_at=2, why="moved")]):
            done = self.run_tool("audit", "verify", "--format", "json", "--socket", "control.sock", status=1)
        self.assertEqual(json.loads(done.stdout), {
            "schema": "alarum.audit_verdict/1", "whole": False, "entries": 2, "head": "ab" * 32,
            "broken_at": 2, "why": "moved", "has_noted_head": None})

    def test_a_file_that_is_no_ledger_is_2_and_one_that_is_not_there_4(self):
        self.write("text.db", "no database\n" * 100)
        done = self.run_tool("audit", "verify", "--ledger", "text.db", status=2)
        self.assertIn("the ledger text.db", done.stderr)
        other = sqlite3.connect(self.folder / "other.db")
        other.execute("CREATE TABLE audit (x)")
        other.close()
        self.run_tool("audit", "verify", "--ledger", "other.db", status=2)
        done = self.run_tool("audit", "verify", "--ledger", "nowhere.db", status=4)
        self.assertIn("the ledger nowhere.db: unable to open database file: No such file", done.stderr)


class Panic(world.ToolTest):
    def panic(self, answer, *options, status=0):
        with played_daemon.framed(self.folder / "enforcer.sock", [answer]) as enforcer:
            done = self.run_tool("panic", "--socket", "enforcer.sock", *options, status=status)
        self.assertEqual(enforcer.requests, ["panic"])
        return done

    def test_everybody_is_let_go(self):
        self.assertEqual(self.panic("done armed=no").stdout,
                         "everybody is let go, and nobody is blocked until root says alarum-enforcer arm\n")
        self.assertEqual(json.loads(self.panic("done armed=no", "--format", "json").stdout),
                         {"schema": "alarum.panic/1", "answer": "done armed=no"})

    def test_a_refusal_is_1_and_names_the_guard(self):
        said = self.panic(f"refused guard=asker why={hostile}", status=1).stderr
        self.assertIn(f"the enforcer refuses: refused guard=asker why={harmless}", said)


class Soc(http.server.BaseHTTPRequestHandler):
    """A receiver of webhooks that answers with `status`."""

    status = 200
    notices = []

    def do_POST(self):
        self.notices.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class ResponderTest(world.ToolTest):
    def setUp(self):
        super().setUp()
        server = http.server.HTTPServer(("127.0.0.1", 0), Soc)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        Soc.status = 200
        Soc.notices.clear()
        self.write("alarum.yaml", "responders:\n  - {name: soc, kind: webhook, "
                                  f"url: 'http://127.0.0.1:{server.server_port}/'}}\n"
                                  "  - {name: letters, kind: file, path: alerts.jsonl}\n")

    def try_it(self, *words, status=0):
        return self.run_tool("--config", "alarum.yaml", "responder", "test", *words, status=status)

    def test_a_webhook_gets_a_notice_that_says_that_it_is_a_test(self):
        done = self.try_it("soc")
        self.assertEqual(done.stdout, "soc: done: a notice that says that it is a test was accepted\n")
        self.assertEqual(len(Soc.notices), 1)
        self.assertEqual(json.loads(self.try_it("soc", "--format", "json").stdout), {
            "schema": "alarum.responder_test/1", "responder": "soc", "outcome": "done",
            "why": "a notice that says that it is a test was accepted"})

    def test_one_that_could_not_act_is_4(self):
        Soc.status = 403
        self.assertRegex(self.try_it("soc", status=4).stdout, "^soc: failed: .*403")

    def test_a_name_that_incidents_do_not_drive_is_64(self):
        for name in ("nobody", "letters"):
            said = self.try_it(name, status=64).stderr
            self.assertIn(f"no responder '{name}' that incidents drive", said)
            self.assertIn("the first one is 'soc'", said)


if __name__ == "__main__":
    unittest.main()
