"""The demo for a few seconds: it finds each of its attacks, shows what was done about them, says how fast
it was, and leaves nothing behind.

Usage: demo_test.py PROGRAM FOLDER_OF_RULES
"""

import os
import pathlib
import pty
import re
import shutil
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
attacker = "203.0.113.9"
block_seconds = 5
patience = 120  # seconds for what takes a fraction of that on an idle machine


def alerts_in(text):
    return re.findall(r"^ *\d+:\d\d    ALERT \w+ +(.+)$", text, re.MULTILINE)


def shown_by(command, text):
    """What the demo shows below a command, as far as the next empty line."""
    found = re.search(rf"^  \$ {command}.*\n((?:    .*\n)+)\n", text, re.MULTILINE)
    assert found, f"'{command}' is not shown:\n{text}"
    return found[1]


def mean_time(name, text):
    """(seconds as written, of how many incidents) of a line of times."""
    found = re.search(rf"^  {re.escape(name)} +(\d+\.\d{{3}}) s over (\d+) incidents?: ", text, re.MULTILINE)
    assert found, f"'{name}' is not measured:\n{text}"
    return found[1], int(found[2])


def sum_of(name, metrics):
    return sum(map(float, re.findall(rf"^{name}{{.*}} (\S+)$", metrics, re.MULTILINE)))


class Demo(unittest.TestCase):
    def setUp(self):
        # In memory where there is such a place: no test here cuts the power, and a busy disk makes all wait.
        scratch = tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
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

    def wait_for_the_end_of_all(self):
        deadline = time.monotonic() + patience
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.processes(), [])

    @staticmethod
    def page(url):
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()

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
            self.assertRegex(out, "✓ tickets +2 for 2 incidents")
            self.assertEqual("✓ firewall" in out, name != "web-sql-injection")

    def test_an_incident_is_shown_with_its_ticket_and_what_would_have_been_blocked(self):
        _, out, _ = self.play()
        incident = shown_by("alarum incident show", out)
        self.assertRegex(incident, "title +SQL Injection in a Request")
        self.assertRegex(incident, r"state +resolved")
        self.assertRegex(incident, rf"step .*firewall on {attacker}: shadow, the mode of 'firewall' is")
        key = re.search(r"action .* tickets: done, (DEMO-\d)", incident)[1]
        number = re.search("incident +([0-9a-f]{32})", incident)[1]
        ticket = shown_by(f"curl http://127.0.0.1:[0-9]+/browse/{key}", out)
        self.assertRegex(ticket, f"{key}  high: SQL Injection in a Request")
        self.assertIn(f"alarum incident {number}\n", ticket)
        self.assertIn(f"Entity: source.ip {attacker}\n", ticket)
        self.assertRegex(shown_by("alarum block list", out), rf"{attacker} +shadow .* {number[:8]} ")
        self.assertEqual(re.findall(r"    ticket  (DEMO-\d)", out), ["DEMO-1", "DEMO-2", "DEMO-3"])
        self.assertRegex(out, "✓ tickets +3 for 3 incidents")
        self.assertRegex(out, "✓ firewall +in shadow")

    def test_what_is_in_shadow_is_no_response(self):
        _, out, _ = self.play()
        self.assertRegex(out, r"MTTR \(respond\) none: ")
        for name, incidents in (("MTTD", 3), ("time to ticket", 3), ("MTTR (resolve)", 1)):
            seconds, count = mean_time(name, out)
            self.assertEqual(count, incidents)
            self.assertGreater(float(seconds), 0)

    @unittest.skipUnless(os.geteuid() == 0, "network namespaces take root")
    def test_an_attacker_is_really_cut_off_and_comes_back_when_the_time_is_over(self):
        code, out, said = self.play("--block")
        self.assertEqual((code, said), (0, ""), out)
        incident = shown_by("alarum incident show", out)
        self.assertRegex(incident, rf"step .*firewall on {attacker}: run,")
        self.assertRegex(incident, rf"action .*firewall on {attacker}: done until ")
        self.assertRegex(out, rf"(?s)cut off {attacker} gets no packet.*back    {attacker} gets through")
        silence = re.search(rf"✓ firewall +{attacker} got no packet through .* for (\d+\.\d+) s", out)
        self.assertGreater(float(silence[1]), block_seconds - 1)
        self.assertLess(float(silence[1]), block_seconds + 10)  # a busy machine looks late whether it is over
        seconds, count = mean_time("MTTR (respond)", out)
        self.assertEqual(count, 1)
        self.assertGreater(float(seconds), 0)
        self.check_nothing_is_left()

    @unittest.skipUnless(os.geteuid() == 0, "network namespaces take root")
    def test_who_blocks_does_not_outlive_it_either(self):
        process = self.start("--block")
        self.until(process, "metrics")
        self.assertEqual(len(self.processes()), 4)
        process.kill()
        process.wait()
        self.wait_for_the_end_of_all()

    def test_nobody_is_blocked_without_root(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        copied = shutil.copy(program, folder.name)  # where everybody may run it
        pathlib.Path(folder.name).chmod(0o755)
        done = subprocess.run([copied, "--rules", rules, "--block"], capture_output=True, text=True,
                              timeout=patience, check=False, env=self.environment,
                              user=65534 if os.geteuid() == 0 else None)
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn("--block takes root", done.stderr)

    def test_no_attack_is_left_out_because_the_machine_is_busy(self):
        process = self.start("--seconds", "1")
        self.until(process, "metrics")
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)  # longer than it plays
        process.send_signal(signal.SIGCONT)
        out, said = process.communicate(timeout=patience)
        self.assertEqual((process.returncode, said), (0, ""), out)
        self.assertEqual(sorted(alerts_in(out)), sorted(every_title))

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
        self.assertRegex(out, "✗ tickets +2 for 2 incidents")

    def test_it_goes_on_until_ctrl_c_when_it_is_kept(self):
        process = self.start("--keep", "--seconds", "2")
        out = self.until(process, "goes on until Ctrl-C")
        metrics = self.page(re.search(r"http://\S+/metrics", out)[0])
        for name, phase in (("MTTD", "detect"), ("time to ticket", "notify"), ("MTTR (resolve)", "resolve")):
            total, count = (sum_of(f"alarum_incident_time_to_{phase}_seconds_{kind}", metrics)
                            for kind in ("sum", "count"))
            self.assertEqual(mean_time(name, out), (f"{total / count:.3f}", count))
        self.assertIn("  high: SQL Injection", self.page(re.search(r"tickets  (http://\S+),", out)[1]))
        self.assertEqual(len(self.processes()), 3)
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
        self.wait_for_the_end_of_all()

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
