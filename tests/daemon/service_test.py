"""alarumd as whoever runs it sees it: exit codes, signals, reloads, files, poison. Needs no Java."""

import base64
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import tempfile
import unittest

import broker as kafka
from alarumd import Alarumd

rule = """\
title: A Is {value}
id: 00000000-0000-4000-8000-00000000000{value}
logsource: {{product: windows}}
detection:
  selection: {{a: {value}}}
  condition: selection
level: low
"""


def without_colours(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


class Service(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.rules = self.folder / "rules"
        self.rules.mkdir()
        self.write_rule("a.yml", 1)

    def write_rule(self, name, value):
        (self.rules / name).write_text(rule.format(value=value), encoding="utf-8")

    def start_broker(self, topic="events:1"):
        self.broker = subprocess.Popen([os.environ["ALARUM_DEMO_BROKER"], "--topic", topic],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.broker.communicate)
        self.addCleanup(self.broker.kill)
        self.brokers = self.broker.stdout.readline().strip()
        self.lab = kafka.Lab(self.brokers)

    def daemon(self, **settings):
        made = Alarumd(self.folder, getattr(self, "brokers", "127.0.0.1:1"), [self.rules], **settings)
        alerts = {"name": "alerts", "kind": "file", "path": str(self.folder / "alerts.jsonl")}
        made.settings["responders"] = [alerts]
        made.settings["dead_letter"] = {"file": {"path": str(self.folder / "dead.jsonl")}}
        made.write_config()
        self.addCleanup(made.kill)
        return made

    def lines(self, name):
        path = self.folder / name
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def run_daemon(self, *arguments, config=None, environment=None):
        """A run that ends by itself: (exit code, stdout, stderr)."""
        path = self.folder / "alarum.yaml"
        if config is not None:
            path.write_text(config, encoding="utf-8")
            arguments = ("--config", path, *arguments)
        done = subprocess.run([os.environ["ALARUM_DAEMON"], *arguments], capture_output=True, text=True,
                              check=False, timeout=60, env={**os.environ, **(environment or {})})
        return done.returncode, done.stdout, without_colours(done.stderr)

    def test_a_broken_configuration_ends_with_78_and_says_where_it_is_broken(self):
        code, _, said = self.run_daemon(config="sources: []\nstate: {pth: /tmp/x}\n")
        self.assertEqual(code, 78)
        self.assertIn("alarum.yaml:2:9: unknown key 'pth'", said)
        self.assertIn("did you mean 'path'?", said)

    def test_without_a_source_or_a_rule_there_is_nothing_to_run(self):
        code, _, said = self.run_daemon(config="log: {level: info}\n")
        self.assertEqual(code, 78)
        self.assertIn("source", said)
        (self.rules / "a.yml").unlink()
        self.daemon()
        code, _, said = self.run_daemon("--config", self.folder / "alarum.yaml")
        self.assertEqual(code, 78)
        self.assertIn("no rule could be loaded", said)

    def test_check_says_what_is_sound_and_starts_nothing(self):
        self.daemon()
        code, out, _ = self.run_daemon("--config", self.folder / "alarum.yaml", "-t")
        self.assertEqual((code, out), (0, "configuration is sound; 1 rule loaded, 0 rejected\n"))
        self.assertFalse((self.folder / "state").exists())

    def test_what_no_further_start_would_mend_ends_with_78(self):
        daemon = self.daemon(control={"analyst_group": "no-such-group"})
        for arguments in ((), ("--check",)):
            code, _, said = self.run_daemon("--config", self.folder / "alarum.yaml", *arguments)
            self.assertEqual(code, 78)
            self.assertIn("control.analyst_group: there is no group 'no-such-group'", said)
        del daemon.settings["control"]["analyst_group"]
        daemon.write_config()
        with contextlib.closing(sqlite3.connect(daemon.settings["ledger"]["path"])) as ledger:
            ledger.execute("PRAGMA journal_mode = WAL")
            ledger.execute(f"PRAGMA application_id = {0x416c726d}")
            ledger.execute("PRAGMA user_version = 99")
        for arguments in ((), ("--check",)):
            code, _, said = self.run_daemon("--config", self.folder / "alarum.yaml", *arguments)
            self.assertEqual(code, 78)
            self.assertIn("it has version 99, and this program knows versions up to 1", said)

    def test_what_a_later_start_may_mend_ends_with_1(self):
        self.daemon(control={"analyst_group": "soc"})
        code, _, said = self.run_daemon("--config", self.folder / "alarum.yaml",
                                        environment={"ALARUM_FAULT": "group_lookup=error"})
        self.assertEqual(code, 1)
        self.assertIn("control.analyst_group: fault 'group_lookup'", said)

    def test_a_ledger_that_lacks_what_it_was_given_is_complained_of_until_it_gets_more(self):
        self.start_broker()
        self.lab.produce("events", 0, ['{"a":1}', "garbage"] * 45)
        with self.daemon() as daemon:
            daemon.until(lambda: daemon.records() == 90, "reading")
            daemon.until(lambda: daemon.metric("alarum_outbox_pending") == 0, "telling")
            self.assertEqual(daemon.metric("alarum_sink_delivered_total", sink="ledger"), 45)
            daemon.kill()
            daemon.start()
            self.assertNotIn("the ledger has nothing", daemon.get("/readyz")[1])
            self.assertEqual(daemon.stop()[0], 0)
            path = pathlib.Path(daemon.settings["ledger"]["path"])
            for name in path.parent.glob(path.name + "*"):
                name.unlink()
            for _ in range(2):
                daemon.start()
                self.assertIn("were delivered to it: is it a copy of before, or made anew?",
                              daemon.get("/readyz")[1])
                self.assertEqual(daemon.stop()[0], 0)
            daemon.start()
            self.lab.produce("events", 0, ['{"a":1}'])
            daemon.until(lambda: daemon.metric("alarum_sink_delivered_total", sink="ledger") == 1, "telling")
            self.assertEqual(daemon.stop()[0], 0)
            daemon.start()
            self.assertNotIn("the ledger has nothing", daemon.get("/readyz")[1])

    def test_a_wrong_command_line_ends_with_64(self):
        self.assertEqual(self.run_daemon("start")[0], 64)
        self.assertEqual(self.run_daemon("--frobnicate")[0], 64)
        self.assertIn("SIGHUP reloads", self.run_daemon("--help")[1])

    def test_what_is_in_the_way_is_said(self):
        self.start_broker()
        with self.daemon():
            code, _, said = self.run_daemon("--config", self.folder / "alarum.yaml")
            self.assertEqual(code, 1)
            self.assertIn("is in use by another process", said)
        daemon = self.daemon()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", daemon.http))
            taken.listen()
            code, _, said = self.run_daemon("--config", self.folder / "alarum.yaml")
        self.assertEqual(code, 1)
        self.assertIn(str(daemon.http), said)

    def test_alerts_and_dead_letters_go_to_files_and_totals_add_up(self):
        self.start_broker()
        self.lab.produce("events", 0, ['{"a":1}', "garbage", '{"a":2}'])
        with self.daemon() as daemon:
            daemon.until(lambda: daemon.records() == 3 and self.lines("dead.jsonl"), "done")
            daemon.until(lambda: self.lines("alerts.jsonl"), "telling")
            self.assertEqual(daemon.stop()[0], 0)
        (alert,) = self.lines("alerts.jsonl")
        self.assertEqual((alert["rule"]["title"], alert["evidence"][0]["offset"]), ("A Is 1", 0))
        (letter,) = self.lines("dead.jsonl")
        self.assertEqual((letter["offset"], letter["reason"]), (1, "not_object"))
        self.assertEqual(base64.b64decode(letter["bytes_base64"]), b"garbage")

    def test_sighup_takes_new_rules_and_keeps_broken_ones_out(self):
        self.start_broker()
        with self.daemon() as daemon:
            self.write_rule("b.yml", 2)
            daemon.reload()
            daemon.until(lambda: daemon.metric("alarum_rules_loaded") == 2, "reloaded")
            self.lab.produce("events", 0, ['{"a":2}'])
            daemon.until(lambda: self.lines("alerts.jsonl"), "telling by the new rule")
            self.assertEqual(self.lines("alerts.jsonl")[0]["rule"]["title"], "A Is 2")

            good = (self.folder / "alarum.yaml").read_text(encoding="utf-8")
            (self.folder / "alarum.yaml").write_text("nonsense: 1\n", encoding="utf-8")
            daemon.reload()
            daemon.until(lambda: daemon.metric("alarum_config_last_reload_successful") == 0, "refusing")
            self.assertIn("reload kept out", daemon.log())
            self.lab.produce("events", 0, ['{"a":1}'])
            daemon.until(lambda: len(self.lines("alerts.jsonl")) == 2, "going on as before")

            (self.folder / "alarum.yaml").write_text(good, encoding="utf-8")
            daemon.reload()
            daemon.until(lambda: daemon.metric("alarum_config_last_reload_successful") == 1, "reloaded again")

    def reload_and_wait(self, daemon, outcome):
        """A reload that ends with `outcome`; what was said meanwhile."""
        counter = "alarum_config_reloads_total"
        before, said = daemon.metric(counter, outcome=outcome), len(daemon.log())
        daemon.reload()
        daemon.until(lambda: daemon.metric(counter, outcome=outcome) == before + 1, f"through: {outcome}")
        return without_colours(daemon.log()[said:])

    def test_a_rule_that_somebody_broke_keeps_the_reload_out_and_is_named(self):
        self.start_broker()
        self.write_rule("b.yml", 2)
        with self.daemon() as daemon:
            breakages = {
                "a|startwith": rule.format(value=1).replace("{a:", "{a|startwith:"),
                "a.yml": "title: [",
                "no 'detection'": rule.format(value=1).replace("detection:", "detections:"),
            }
            for named, text in breakages.items():
                (self.rules / "a.yml").write_text(text, encoding="utf-8")
                said = self.reload_and_wait(daemon, "failed")
                self.assertIn("reload kept out", said)
                self.assertRegex(said, r"rules/a\.yml:\d+:\d+")
                self.assertIn(named, said)
                self.assertEqual(daemon.metric("alarum_config_last_reload_successful"), 0)
                self.assertEqual(daemon.metric("alarum_rules_loaded"), 2)
                status, body = daemon.get("/readyz")
                self.assertEqual(status, 200)
                self.assertRegex(body, r"warning: the last reload failed.*rules/a\.yml:\d+:\d+: ")
            self.lab.produce("events", 0, ['{"a":1}'])
            daemon.until(lambda: self.lines("alerts.jsonl"), "telling by the rule before")

            self.write_rule("a.yml", 1)
            self.reload_and_wait(daemon, "done")
            self.assertEqual(daemon.metric("alarum_config_last_reload_successful"), 1)
            self.assertNotIn("warning", daemon.get("/readyz")[1])

    def test_rules_that_were_left_out_already_keep_no_reload_out(self):
        self.start_broker()
        (self.rules / "broken.yml").write_text(rule.format(value=9).replace("{a:", "{a|startwith:"),
                                               encoding="utf-8")
        with self.daemon() as daemon:
            self.write_rule("b.yml", 2)
            said = self.reload_and_wait(daemon, "done")
            self.assertIn("2 rules loaded, 1 rejected", said)
            self.assertNotIn("startwith", said)
            self.assertEqual(daemon.metric("alarum_config_last_reload_successful"), 1)

    def test_a_rule_that_is_taken_away_keeps_no_reload_out(self):
        self.start_broker()
        self.write_rule("b.yml", 2)
        with self.daemon() as daemon:
            (self.rules / "b.yml").unlink()
            self.reload_and_wait(daemon, "done")
            self.assertEqual(daemon.metric("alarum_rules_loaded"), 1)

    def test_a_change_that_takes_a_restart_is_no_success_and_rules_are_taken(self):
        self.start_broker()
        with self.daemon() as daemon:
            self.write_rule("b.yml", 2)
            daemon.settings["state"]["commit_interval"] = "60ms"
            daemon.write_config()
            said = self.reload_and_wait(daemon, "restart_needed")
            self.assertIn("takes a restart", said)
            self.assertEqual(daemon.metric("alarum_config_last_reload_successful"), 0)
            self.assertEqual(daemon.metric("alarum_rules_loaded"), 2)
            self.assertIn("warning: the configuration has changed in what takes a restart: state",
                          daemon.get("/readyz")[1])

            daemon.settings["state"]["commit_interval"] = "50ms"
            daemon.write_config()
            self.reload_and_wait(daemon, "done")
            self.assertEqual(daemon.metric("alarum_config_last_reload_successful"), 1)

    def test_sigterm_ends_it_in_time_though_a_load_of_rules_hangs(self):
        self.start_broker()
        with self.daemon() as daemon:
            os.mkfifo(self.folder / "hung.yml")  # whoever opens it waits for a writer
            daemon.settings["rules"]["paths"].append(str(self.folder / "hung.yml"))
            daemon.write_config()
            said = len(daemon.log())
            daemon.reload()
            daemon.until(lambda: "reloading" in daemon.log()[said:], "reloading")
            self.lab.produce("events", 0, ['{"a":1}'])
            daemon.until(lambda: self.lines("alerts.jsonl"), "at work meanwhile")
            code, seconds = daemon.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 10)

    def test_sigterm_ends_it_in_time_though_the_broker_is_gone(self):
        self.start_broker()
        with self.daemon() as daemon:
            self.broker.kill()
            daemon.until(lambda: not daemon.is_ready(), "aware that the broker is gone")
            code, seconds = daemon.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 10)

    def test_sigterm_ends_it_in_time_with_many_partitions_and_intake_paused(self):
        self.start_broker("events:60")
        for partition in range(0, 60, 7):
            self.lab.produce("events", partition, ['{"a":1}'] * 50)
        with self.daemon() as daemon:
            daemon.until(lambda: daemon.records() == 450, "through")
            code, seconds = daemon.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 10)

    def test_it_starts_before_its_broker_and_says_so(self):
        daemon = self.daemon()
        daemon.start(wait=False)
        daemon.until(lambda: daemon.get("/healthz")[0] == 200, "alive")
        daemon.until(lambda: daemon.get("/readyz")[0] == 503, "unready")
        self.assertIn("kafka", daemon.get("/readyz")[1])
        self.assertEqual(daemon.stop()[0], 0)

    def test_a_record_that_two_processes_die_on_is_a_dead_letter(self):
        self.start_broker()
        self.lab.produce("events", 0, [f'{{"a":1,"n":{i}}}' for i in range(5)])
        # Nothing is committed before the third record ends the process.
        daemon = self.daemon(state={"commit_interval": "10s"})
        daemon.environment = {"ALARUM_FAULT": "record_in_hand=abort@3"}
        for _ in range(2):
            daemon.start(wait=False)
            self.assertEqual(daemon.process.wait(timeout=60), -signal.SIGABRT)
        daemon.environment = {}
        daemon.settings["state"]["commit_interval"] = "50ms"
        daemon.write_config()
        with daemon:
            daemon.until(lambda: daemon.records() == 5, "done")
            daemon.until(lambda: len(self.lines("alerts.jsonl")) == 4 and self.lines("dead.jsonl"), "telling")
        (letter,) = self.lines("dead.jsonl")
        self.assertEqual((letter["offset"], letter["reason"]), (2, "poison"))
        told = sorted(alert["evidence"][0]["offset"] for alert in self.lines("alerts.jsonl"))
        self.assertEqual(told, [0, 1, 3, 4])

    def test_a_kill_from_outside_makes_no_poison(self):
        self.start_broker()
        self.lab.produce("events", 0, ['{"a":1}'] * 5)
        daemon = self.daemon(state={"commit_interval": "10s"})
        daemon.environment = {"ALARUM_FAULT": "record_in_hand=kill@3"}
        for _ in range(3):
            daemon.start(wait=False)
            self.assertEqual(daemon.process.wait(timeout=60), -signal.SIGKILL)
        daemon.environment = {}
        with daemon:
            daemon.until(lambda: daemon.records() == 5, "done", 30)
            daemon.until(lambda: len(self.lines("alerts.jsonl")) == 5, "telling")
        self.assertEqual(self.lines("dead.jsonl"), [])


if __name__ == "__main__":
    unittest.main()
