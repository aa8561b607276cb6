"""alarum status, against a daemon that the test plays."""

import json
import os
import socket
import threading
import unittest

import world

answer = {
    "schema": "alarum.status/1",
    "version": "1.2.3",
    "started_at": "2026-01-02T00:00:00.000000Z",
    "as_of": "2026-01-02T03:04:05.000000Z",
    "ready": False,
    "reasons": ["source 'windows' has no connection"],
    "warnings": ["sink 'soc' has refused 1 entries"],
    "sources": [
        {
            "name": "windows",
            "connected": False,
            "trouble": "kafka-1:9092: Connection refused",
            "records_per_second": 1234.6,
            "events_per_second": 1240.0,
            "lag_records": 11,
            "watermark": "2026-01-02T03:03:15.000000Z",
            "evaluated": 1000000,
            "dead_letters": 4,
            "events": 1000001,
            "late_events": 2,
            "clock_skew_events": 1,
            "gaps": 1,
            "gap_records": 50,
            "client_addresses_recent": 1017,
            "partitions": [
                {"topic": "win-events", "partition": 0, "next_offset": 812345, "lag_records": 11},
                {"topic": "win-events", "partition": 1, "next_offset": 7, "lag_records": None},
            ],
        }
    ],
    "rules": {"loaded": {"signature": 3755}, "rejected": {"unknown_modifier": 2, "missing": 1}},
    "alerts": {"high": 3, "low": 12},
    "commits": 77,
    "state": {"trouble": ""},
    "outbox": {"pending": 2, "full": False},
    "sinks": [{"name": "soc", "delivered": 40, "refused": 1, "trouble": ""}],
    "actions": {
        "trouble": "no space left",
        "breaker_tripped": True,
        "broken_responders": ["chat"],
        "blocks_active": {"firewall": 3},
        "waiting": {"chat": 1002, "firewall": 7},
    },
    "reload": {
        "successful": False,
        "outcome": "failed",
        "at": "2026-01-02T03:00:00.000000Z",
        "succeeded_at": "2026-01-02T00:00:01.000000Z",
        "message": "alarum.yaml:3:1: unknown key",
    },
}

for_people = """\
alarumd   1.2.3, up 3 h 4 min, not ready
          source 'windows' has no connection
          warning: sink 'soc' has refused 1 entries
source    windows: not connected, 1,235 records/s, 1,240 events/s, lag 11
          kafka-1:9092: Connection refused
          1,000,000 records evaluated, 4 dead letters; 1,000,001 events, 2 late, 1 from the future
          about 1,017 client addresses in the last ten minutes
          1 gap of 50 records
          watermark 2026-01-02T03:03:15.000000Z
          win-events/0: next offset 812345, lag 11
          win-events/1: next offset 7, lag unknown
rules     loaded: 3,755 signature
          rejected: 2 unknown_modifier, 1 missing
alerts    3 high, 12 low
state     77 commits
outbox    2 pending
sink      soc: 40 delivered, 1 refused
actions   blocks: 3 firewall; waiting: 1,002 chat, 7 firewall
          the breaker has tripped: everything is in shadow
          chat fails again and again
          no space left
loaded    at 2026-01-02T00:00:01.000000Z; failed at 2026-01-02T03:00:00.000000Z: alarum.yaml:3:1: unknown key
"""


class Status(world.ToolTest):
    def ask(self, answered, status=0, options=(), where=("--socket", "control.sock")):
        """Runs the tool against a daemon that answers with this text."""
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(self.folder / "control.sock"))
        listener.listen()
        listener.settimeout(20)

        def serve():
            connection, _ = listener.accept()
            with connection:
                self.request = connection.makefile().readline()
                connection.sendall(answered.encode())

        daemon = threading.Thread(target=serve)
        daemon.start()
        done = self.run_tool("status", *where, *options, status=status)
        daemon.join()
        os.unlink(self.folder / "control.sock")
        return done

    def test_people_see_sources_rules_outbox_sinks_actions_and_troubles(self):
        self.assertEqual(self.ask(json.dumps(answer) + "\n").stdout, for_people)
        self.assertEqual(self.request, '{"command":"status"}\n')

    def test_programs_get_the_answer_as_it_is(self):
        line = json.dumps(answer) + "\n"
        self.assertEqual(self.ask(line, options=("--format", "json")).stdout, line)

    def test_what_an_answer_lacks_is_left_out(self):
        done = self.ask('{"schema":"alarum.status/1","version":"9","ready":true}\n')
        self.assertEqual(done.stdout, "alarumd   9, ready\nalerts    none\n")

    def test_names_cannot_move_the_cursor(self):
        hostile = dict(answer, sources=[dict(answer["sources"][0], name="a\x1b[2Jb\nc")])
        done = self.ask(json.dumps(hostile) + "\n")
        self.assertIn("source    a\\u{001B}[2Jb\\u{000A}c: not connected", done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_text_beyond_ascii_arrives(self):
        line = json.dumps(dict(answer, reasons=["Zürich 東京 🔥"]), ensure_ascii=False)
        done = self.ask(line + "\n")
        self.assertIn("Zürich 東京 🔥", done.stdout)

    def test_without_a_socket_the_one_of_the_configuration_is_asked(self):
        (self.folder / "here.yaml").write_text("control: {socket: control.sock}\n", encoding="utf-8")
        done = self.ask(json.dumps(answer) + "\n", where=("--config", "here.yaml"))
        self.assertEqual(done.stdout, for_people)

    def test_a_socket_that_is_named_is_asked_whatever_the_configuration_says(self):
        (self.folder / "there.yaml").write_text("control: {socket: nobody.sock}\n", encoding="utf-8")
        self.ask(json.dumps(answer) + "\n", options=("--config", "there.yaml"))

    def test_a_configuration_that_is_named_and_broken_is_3(self):
        (self.folder / "broken.yaml").write_text("control: {sokcet: control.sock}\n", encoding="utf-8")
        done = self.run_tool("--config", "broken.yaml", "status", status=3)
        self.assertIn("broken.yaml:1:11", done.stderr)

    def test_nobody_there_is_4(self):
        done = self.run_tool("status", "--socket", "nobody.sock", status=4)
        self.assertIn("cannot connect to nobody.sock: No such file or directory", done.stderr)
        self.assertIn("is alarumd running", done.stderr)

    def test_an_answer_that_is_none_is_4(self):
        self.assertIn("the daemon refuses: no", self.ask('{"error":"no"}\n', status=4).stderr)
        self.assertIn("another form than alarum.status/1", self.ask('{"schema":"x"}\n', status=4).stderr)
        self.assertIn("is not understood", self.ask('{"schema":\n', status=4).stderr)
        self.assertIn("breaks off", self.ask('{"schema":"alarum.status/1"', status=4).stderr)


if __name__ == "__main__":
    unittest.main()
