"""The demo for a few seconds: it finds each of its attacks, says how fast it was, and leaves nothing behind.

Usage: demo_test.py PROGRAM FOLDER_OF_RULES
"""

import os
import pathlib
import pty
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

rules = sys.argv.pop()
program = sys.argv.pop()

titles = {
    "lsass-minidump": {"LSASS Memory Dumped With comsvcs.dll",
                       "LSASS Opened for Reading by an Unusual Program"},
    "reverse-shell": {"Reverse Shell Over /dev/tcp"},
    "web-sql-injection": {"SQL Injection in a Request"},
}
every_title = set().union(*titles.values())
patience = 120  # seconds for what takes a fraction of that on an idle machine


def alerts_in(text):
    return re.findall(r"^ *\d+:\d\d    ALERT \w+ +(.+)$", text, re.MULTILINE)


class Demo(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.environment = {**os.environ, "TMPDIR": str(self.folder)}

    def start(self, *options, **settings):
        process = subprocess.Popen([program, "--rules", rules, *options], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.environment, **settings)
        self.addCleanup(process.communicate)  # in the reverse order: first killed, then read to the end
        self.addCleanup(process.kill)
        return process

    def play(self, *options, seconds="2"):
        """(exit code, stdout, stderr) of a demo that ends by itself."""
        process = self.start("--seconds", seconds, *options)
        out, said = process.communicate(timeout=patience)
        return process.returncode, out, said

    def processes(self):
        """Command lines of the processes that know our folder, which every child of the demo writes to."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                opened = [os.readlink(link) for link in (entry / "fd").iterdir()]
                if any(path.startswith(f"{self.folder}/") for path in opened):
                    found.append((entry / "cmdline").read_bytes())
            except OSError:
                continue
        return found

    def check_nothing_is_left(self):
        self.assertEqual(self.processes(), [])
        self.assertEqual(list(self.folder.iterdir()), [])

    def until(self, process, mark):
        """What the demo writes up to a line with `mark`; killed where that does not come."""
        lines = []
        for line in process.stdout:
            lines.append(line)
            if mark in line:
                return "".join(lines)
        raise AssertionError(f"it ended without saying '{mark}': {''.join(lines)}")

    def test_every_attack_has_its_alerts_and_it_says_how_fast_it_was(self):
        code, out, said = self.play(seconds="6")
        self.assertEqual((code, said), (0, ""), out)
        self.assertEqual(sorted(alerts_in(out)), sorted(every_title))
        for name, alerts in titles.items():
            self.assertRegex(out, rf"✓ {name} +{len(alerts)} of {len(alerts)} alert")
        rates = [int(rate.replace(",", "")) for rate in re.findall(r"([\d,]+) events/s, ", out)]
        self.assertGreater(max(rates), 0)
        total = re.search(r"events +([\d,]+) events/s: ([\d,]+) of ([\d,]+) accounted for; 0 dead letters, "
                          r"0 records lost", out)
        self.assertEqual(total[2], total[3])
        self.assertGreater(int(total[1].replace(",", "")), 0)
        self.assertRegex(out, r"detection lag +\d+\.\d{3} s on average .* all 4 alerts within")
        self.check_nothing_is_left()

    def test_an_alert_shows_the_values_that_made_it_fire(self):
        _, out, _ = self.play()
        self.assertRegex(out, r"CommandLine +rundll32\.exe C:\\Windows\\System32\\comsvcs\.dll, MiniDump")
        self.assertRegex(out, r"host\.name ws-17 .*detected after \d+\.\d{3} s")
        self.assertNotRegex(out, r"[\x00-\x09\x0b-\x1f\x7f]")  # no terminal, no colours; events rule none

    def test_an_attack_that_is_left_out_takes_exactly_its_alerts_with_it(self):
        for name, alerts in titles.items():
            code, out, said = self.play("--without", name)
            self.assertEqual((code, said), (0, ""), out)
            self.assertEqual(set(alerts_in(out)), every_title - alerts)
            self.assertRegex(out, rf"– {name} +left out")

    def test_an_alert_that_does_not_come_is_a_failure(self):
        kept = self.folder / "rules"
        kept.mkdir()
        for path in pathlib.Path(rules).rglob("*.yml"):
            if path.name != "reverse_shell_by_dev_tcp.yml":
                (kept / path.name).write_bytes(path.read_bytes())
        code, out, _ = self.play("--rules", str(kept))
        self.assertEqual(code, 1)
        self.assertRegex(out, r"✗ reverse-shell +0 of 1 alert")
        self.assertRegex(out, r"✓ lsass-minidump +2 of 2 alerts")

    def test_it_goes_on_until_ctrl_c_when_it_is_kept(self):
        process = self.start("--keep", "--seconds", "2")
        url = re.search(r"http://\S+/metrics", self.until(process, "goes on until Ctrl-C"))[0]
        with urllib.request.urlopen(url, timeout=30) as answer:
            self.assertIn("alarum_records_total", answer.read().decode())
        self.assertEqual(len(self.processes()), 2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=patience), 0)
        self.check_nothing_is_left()

    def test_ctrl_c_ends_it_early_and_nothing_is_left(self):
        process = self.start()
        self.until(process, "metrics")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=patience), 130)
        self.check_nothing_is_left()

    def test_its_programs_do_not_outlive_it(self):
        process = self.start()
        self.until(process, "metrics")
        process.kill()
        process.wait()
        deadline = time.monotonic() + patience
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.processes(), [])

    def test_a_port_that_is_taken_is_said(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            code, _, said = self.play("--port", port)
        self.assertEqual(code, 4)
        self.assertIn(port, said)
        self.assertIn("alarumd is gone (exit code 1)", said)
        self.check_nothing_is_left()

    def test_a_daemon_that_dies_is_said(self):
        process = self.start()
        self.until(process, "metrics")
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if str(self.folder).encode() in (entry / "cmdline").read_bytes():
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue
        _, said = process.communicate(timeout=patience)
        self.assertEqual(process.returncode, 4)
        self.assertIn("alarumd is gone (signal 9)", said)
        self.check_nothing_is_left()

    def test_colours_are_for_terminals_that_want_them(self):
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            ours, theirs = pty.openpty()
            self.addCleanup(os.close, ours)
            process = subprocess.Popen([program, "--rules", rules, "--seconds", "1"], stdout=theirs,
                                       env={**self.environment, **environment})
            os.close(theirs)
            seen = b""
            try:
                while piece := os.read(ours, 65536):
                    seen += piece
            except OSError:
                pass  # the end, on a terminal
            self.assertEqual(process.wait(timeout=patience), 0, seen.decode())
            self.assertEqual(b"\x1b[1m" in seen, coloured)

    def test_a_wrong_command_line_ends_with_64(self):
        for words, message in ((["--without", "revers-shell"], "did you mean 'reverse-shell'?"),
                               (["--seconds", "0"], "no number from 1 to"),
                               (["now"], "'now' is not an option")):
            process = self.start(*words)
            out, said = process.communicate(timeout=patience)
            self.assertEqual((process.returncode, out), (64, ""))
            self.assertIn(message, said)

    def test_the_attacks_are_listed(self):
        out, _ = self.start("--list").communicate(timeout=patience)
        self.assertEqual([line.split("\t")[0] for line in out.splitlines()], list(titles))


if __name__ == "__main__":
    unittest.main()
