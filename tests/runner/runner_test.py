"""The runner with real scripts: those that hang, flood, fork away; what kills it; who asks what."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest

from program import (Connection, Runner, binary, children, confined, in_seconds, nobody, processes, state,
                     wait_until)

hostile = (b"{\"a\":\"'; $(touch /tmp/alarum-was-interpreted) `id` {{7*7}} %n %s \\ \x1b[2J\x1b]0;x\x07" +
           b" \xe2\x80\xae" +
           bytes(range(256)) + b"\r\n\0\n-- DROP TABLE incidents; \"\xff\xfe\n")
kills = int(os.environ.get("ALARUM_RUNNER_KILLS", "6"))
mark = "4711003"  # an odd number of seconds, by which a test finds its own processes


class Running(unittest.TestCase):
    def make(self):
        runner = Runner()
        self.addCleanup(runner.close)
        return runner

    def start(self, script, policy="", fault=None):
        return self.make().start(script, policy, fault)

    def expect(self, answer, first, **facts):
        self.assertEqual(answer.first, first, answer.line)
        for key, value in facts.items():
            self.assertEqual(answer[key], value, f"{key} in: {answer.line}")
        return answer

    def expect_refusal(self, answer, guard):
        return self.expect(answer, "refused", guard=guard)

    def expect_nothing_left(self):
        wait_until(lambda: not processes(mark), "nothing of the script is left", 5)

    def lines(self, runner):
        path = runner.state / "lines"
        return path.read_text().split() if path.exists() else []

    def counting(self, runner, behind=""):
        """A script that leaves a line for each time it is run."""
        return f'echo "$ALARUM_ACTION_ID" >> {runner.state}/lines; cat > /dev/null; echo done\n{behind}\n'


class Scripts(Running):
    def test_the_event_arrives_byte_for_byte(self):
        runner = self.start("exec cat", "limits: {output_size_max: 1MiB}")
        for number, event in enumerate((hostile, b"", b"\0", hostile + b"x" * (1_000_000 - len(hostile)))):
            answer = self.expect(runner.run(f"a{number}", event), "ended", outcome="exited", code=0)
            self.assertEqual(answer.stdout, event)
            self.assertEqual(answer["stdout_lost"], 0)
        self.assertFalse(os.path.exists("/tmp/alarum-was-interpreted"))

    def test_a_script_may_leave_the_event_unread(self):
        runner = self.start("exit 0")
        self.expect(runner.run("a", b"x" * 1_000_000), "ended", outcome="exited", code=0)

    def test_arguments_are_as_they_are_and_the_environment_is_clean(self):
        runner = self.make()
        runner.write_policy("command: [/usr/bin/printf, '%s|', 'a b', '$(id)', '*', '`x`']\n")
        runner.start()
        self.assertEqual(runner.run("a").stdout, b"a b|$(id)|*|`x`|")
        runner.stop()
        runner.write_policy("command: [/usr/bin/env]\nenvironment: ['A=b c']\n")
        runner.start()
        self.assertEqual(runner.run("b-1").stdout, b"A=b c\nALARUM_ACTION_ID=b-1\n")

    def test_no_file_but_the_three_is_open(self):
        runner = self.start("ls -l /proc/$$/fd | sed 1d | wc -l; id -u; grep NoNewPrivs /proc/self/status")
        # The shell has its script open, too.
        self.assertEqual(runner.run("a").stdout.split(), [b"4", b"65534", b"NoNewPrivs:", b"1"])

    def test_both_streams_exit_code_and_signal_are_told(self):
        runner = self.start("read -r how; echo out; echo err >&2; eval \"$how\"")
        answer = self.expect(runner.run("a", b"exit 3\n"), "ended", outcome="exited", code=3, signal=0)
        self.assertEqual((answer.stdout, answer.stderr), (b"out\n", b"err\n"))
        self.expect(runner.run("b", b"kill -SEGV $$\n"), "ended", outcome="signaled", code=0, signal=11)

    def test_a_flood_is_kept_to_the_limit_and_the_rest_counted(self):
        runner = self.start("head -c 3000000 /dev/zero >&2; head -c 7000000 /dev/zero; exit 5")
        self.expect(runner.run("a"), "ended", outcome="exited", code=5, stdout=65536,
                    stdout_lost=7000000 - 65536, stderr=65536, stderr_lost=3000000 - 65536)

    def test_a_flood_without_end_meets_its_time_limit(self):
        runner = self.start("exec yes", "timeout: 1s")
        answer = self.expect(runner.run("a"), "ended", outcome="timeout", signal=15, stdout=65536)
        self.assertGreater(answer["stdout_lost"], 1_000_000)

    def test_a_script_that_hangs_is_ended(self):
        runner = self.start(f"sleep {mark}", "timeout: 1s")
        began = time.monotonic()
        self.expect(runner.run("a"), "ended", outcome="timeout", signal=15)
        self.assertLess(time.monotonic() - began, 3)
        self.expect_nothing_left()

    def test_a_script_that_does_not_hear_sigterm_is_ended(self):
        runner = self.start(f"trap '' TERM; setsid sleep {mark} & while :; do sleep 1; done",
                            "timeout: 1s\ngrace: 1s")
        answer = self.expect(runner.run("a"), "ended", outcome="timeout", signal=9)
        self.assertGreaterEqual(answer["milliseconds"], 1900)
        self.assertGreaterEqual(answer["killed"], 1)
        self.expect_nothing_left()

    def test_who_forks_away_and_keeps_the_pipes_open_keeps_nobody_waiting(self):
        runner = self.start(f"setsid sleep {mark} &\n(setsid sh -c 'setsid sleep {mark} & sleep {mark}' &)\n"
                            "sleep 1\necho here\nexit 0")
        began = time.monotonic()
        answer = self.expect(runner.run("a"), "ended", outcome="exited", code=0)
        self.assertLess(time.monotonic() - began, 8)
        self.assertEqual(answer.stdout, b"here\n")
        self.assertGreaterEqual(answer["killed"], 1, answer.line)
        self.expect_nothing_left()

    def test_what_hides_from_others_is_ended_too(self):
        runner = self.make()
        path = runner.script("", "hide.py")
        path.write_text("#!/usr/bin/python3\n"
                        "import ctypes, os, sys, time\n"
                        "if os.fork() == 0:\n"
                        "    os.setsid(); ctypes.CDLL(None).prctl(4, 0)\n"
                        "    time.sleep(1000)\n"
                        "time.sleep(0.3); print('left one')\n")
        runner.write_policy(f"command: [{path}]\n")
        runner.start()
        answer = self.expect(runner.run("a"), "ended", outcome="exited", code=0, killed=1)
        self.assertEqual(answer.stdout, b"left one\n")

    def test_a_program_that_cannot_start_may_be_asked_for_again(self):
        runner = self.start("")
        (runner.folder / "script").write_text("#!/nowhere/at-all\n", encoding="utf-8")
        for _ in range(2):
            self.expect(runner.run("a"), "ended", outcome="not_started", code=2, repeated="no")
        runner.script("echo now")
        self.assertEqual(runner.run("a").stdout, b"now\n")


class Actions(Running):
    def test_an_action_is_done_once_and_told_again_over_restarts(self):
        runner = self.make()
        runner.start(self.counting(runner, "exit 7"))
        self.expect(runner.run("a"), "ended", outcome="exited", code=7, repeated="no", stdout=5)
        for _ in range(2):
            answer = runner.run("a", seconds=-5)  # what was done is told though it is late
            self.expect(answer, "ended", code=7, repeated="yes", stdout=0, stdout_lost=5)
            self.expect(runner.ask("result action=a"), "ended", code=7)
            runner.stop()
            runner.start()
        self.assertEqual(self.lines(runner), ["a"])
        self.expect(runner.ask("result action=b"), "unknown", action="b")

    def test_a_declarative_script_runs_again(self):
        runner = self.make()
        runner.start(self.counting(runner), "class: declarative")
        for _ in range(3):
            self.expect(runner.run("a"), "ended", repeated="no")
        self.assertEqual(self.lines(runner), ["a"] * 3)

    def test_a_kill_at_any_point_never_does_an_action_twice(self):
        points = (("before_started", "unknown"), ("after_started", "in_doubt"), ("after_launch", "in_doubt"),
                  ("before_ended", "in_doubt"), ("after_ended", "ended"), ("before_answer", "ended"))
        for number in range(kills):
            point, wanted = points[number % len(points)]
            with self.subTest(point, number=number):
                runner = self.make()
                runner.start(self.counting(runner), fault=f"{point}=kill")
                connection = runner.connect()
                self.addCleanup(connection.close)
                try:
                    answer = connection.ask(f"run action=a until={in_seconds(60)}", b"{}")
                except ConnectionResetError:
                    answer = None
                self.assertIsNone(answer)
                self.assertEqual(runner.process.wait(10), -signal.SIGKILL)
                runner.start()
                self.expect(runner.ask("result action=a"), wanted)
                again = runner.run("a")
                self.expect(again, "ended" if wanted != "in_doubt" else "in_doubt")
                self.assertEqual(again["repeated"], "no" if wanted == "unknown" else "yes")
                self.assertLessEqual(len(self.lines(runner)), 1)
                if wanted != "in_doubt":
                    self.assertEqual(self.lines(runner), ["a"])

    def test_a_killed_runner_takes_its_scripts_along_and_owns_up(self):
        runner = self.start(f"setsid sleep {mark} & sleep {mark}")
        connection = runner.connect()
        self.addCleanup(connection.close)
        connection.request(f"run action=a until={in_seconds(60)}", b"{}")
        wait_until(lambda: len(processes(mark)) == 2, "the script runs")
        self.expect(runner.ask("result action=a"), "running", action="a")
        runner.kill()
        self.expect_nothing_left()
        runner.start()
        self.expect(runner.run("a"), "in_doubt", repeated="yes")
        self.expect(runner.ask("status"), "done", in_doubt=1, running=0)
        self.assertEqual(runner.ask("forget action=a").first, "done")
        self.expect(runner.ask("result action=a"), "unknown")

    def test_a_killed_supervisor_takes_nothing_with_it_and_is_owned_up_to(self):
        runner = self.start(f"setsid sleep {mark} & sleep {mark}")
        connection = runner.connect()
        self.addCleanup(connection.close)
        connection.request(f"run action=a until={in_seconds(60)}", b"{}")
        wait_until(lambda: len(processes(mark)) == 2, "the script runs")
        supervisor, = children(runner.process.pid)
        os.kill(supervisor, signal.SIGKILL)
        self.expect(connection.receive(), "in_doubt", action="a", repeated="no")
        self.expect_nothing_left()
        self.expect(runner.run("b", seconds=-1), "refused", guard="expired")

    def test_a_supervisor_that_a_script_stopped_keeps_nobody_else_waiting(self):
        runner = self.start("kill -STOP $PPID; exit 0")
        asker = runner.connect()
        self.addCleanup(asker.close)
        asker.request(f"run action=a until={in_seconds(60)}", b"{}")
        supervisor, = wait_until(lambda: children(runner.process.pid), "the supervisor is there")
        wait_until(lambda: state(supervisor) == "T", "the script stopped it")
        self.expect(runner.ask("status"), "done", running=1)
        os.kill(supervisor, signal.SIGCONT)
        self.expect(asker.receive(), "ended", outcome="exited", code=0)

    def test_who_asks_while_it_runs_hears_the_same(self):
        runner = self.make()
        runner.start(self.counting(runner, "sleep 1"))
        askers = [runner.connect() for _ in range(3)]
        for asker in askers:
            self.addCleanup(asker.close)
            asker.request(f"run action=a until={in_seconds(60)}", b"{}")
        answers = [asker.receive() for asker in askers]
        for answer in answers:
            self.expect(answer, "ended", code=0, stdout=5)
        self.assertEqual(sorted(answer["repeated"] for answer in answers), ["no", "yes", "yes"])
        self.assertEqual(self.lines(runner), ["a"])

    def test_no_more_run_at_a_time_and_in_an_hour_than_the_policy_says(self):
        runner = self.start(f"sleep {mark}", "limits: {running_max: 2, runs_per_hour_max: 3}\ntimeout: 2s")
        askers = [runner.connect() for _ in range(2)]
        for number, asker in enumerate(askers):
            self.addCleanup(asker.close)
            asker.request(f"run action=a{number} until={in_seconds(60)}", b"{}")
        wait_until(lambda: len(processes(mark)) == 2, "both run")
        self.expect(self.expect_refusal(runner.run("b"), "busy"), "refused", entry="running_max:2")
        self.expect(runner.ask("status"), "done", running=2, refused=1)
        for asker in askers:
            self.expect(asker.receive(), "ended", outcome="timeout")
        self.expect(runner.run("b"), "ended", outcome="timeout")
        self.expect(self.expect_refusal(runner.run("c"), "cap"), "refused", entry="runs_per_hour_max:3")
        runner.stop()
        runner.start()
        self.expect_refusal(runner.run("c"), "cap")

    def test_what_comes_too_late_is_not_done(self):
        runner = self.make()
        script = runner.script(self.counting(runner))
        runner.write_policy(f"command: [{script}]\n")
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(listening.close)
        listening.bind(str(runner.socket))
        listening.listen()
        early = Connection(runner.socket)
        early.request(f"run action=a until={in_seconds(0.5)}", b"{}")
        early.close()  # its asker gave up; systemd would start the runner all the same
        time.sleep(0.7)
        handed = f'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&{listening.fileno()}'
        with open(runner.log, "ab") as log:
            runner.process = subprocess.Popen(["sh", "-c", handed, "sh", *runner.command()],
                                              stdout=log, stderr=log, pass_fds=[listening.fileno()])
        wait_until(runner.answers, "the runner answers over the socket that it was handed")
        self.expect(runner.ask("result action=a"), "unknown")
        self.expect_refusal(runner.run("b", seconds=8 * 86400), "until")
        self.assertEqual(self.lines(runner), [])

    def test_a_stop_ends_scripts_and_says_so(self):
        runner = self.start(f"trap 'echo bye; exit 9' TERM; sleep {mark} & wait")
        connection = runner.connect()
        self.addCleanup(connection.close)
        connection.request(f"run action=a until={in_seconds(60)}", b"{}")
        wait_until(lambda: processes(mark), "the script runs")
        runner.stop()
        answer = self.expect(connection.receive(), "ended", outcome="stopped", code=9)
        self.assertEqual(answer.stdout, b"bye\n")
        self.expect_nothing_left()
        runner.start()
        self.expect(runner.run("a"), "ended", outcome="stopped", repeated="yes")


class Askers(Running):
    def ask_as(self, runner, user, group, request, event="-"):
        script = ("import sys; sys.path.insert(0, sys.argv[1]); import program\n"
                  "event = None if sys.argv[4] == '-' else sys.argv[4].encode()\n"
                  "print(program.Connection(sys.argv[2]).ask(sys.argv[3], event).line)")
        return subprocess.run(
            ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", sys.executable, "-B", "-c",
             script, pathlib.Path(__file__).parent, runner.socket, request, event],
            capture_output=True, text=True, check=False, env=dict(os.environ)).stdout.strip()

    def test_only_those_of_the_policy_are_heard(self):
        runner = self.start("echo hello", "askers: {users: [4711], groups: [4712]}")
        runner.socket.chmod(0o666)
        run = f"run action=a until={in_seconds(60)}"
        self.assertIn("guard=asker entry=1 ", self.ask_as(runner, 1, 1, run, "{}"))
        self.assertIn("guard=asker entry=65534 ", self.ask_as(runner, nobody, nobody, "status"))
        self.assertTrue(self.ask_as(runner, 4711, 1, run, "{}").startswith("ended action=a repeated=no"))
        self.assertTrue(self.ask_as(runner, 1, 4712, "result action=a").startswith("ended action=a"))
        self.assertIn("guard=asker entry=4711 ", self.ask_as(runner, 4711, 1, "forget action=a"))

    def test_what_is_no_request_is_refused_and_harms_nobody(self):
        runner = self.start("echo hello")
        other = runner.connect()
        self.addCleanup(other.close)
        for data in (b"\0\0\0\0", b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n"):
            connection = runner.connect()
            connection.send(data)
            self.expect_refusal(connection.receive(), "request")
            self.assertIsNone(connection.receive(), "it hangs up")
            connection.close()
        for text, event in (("run action=a", b"{}"), ("run action=a;b until=2999-01-01T00:00:00Z", b"{}"),
                            ("status", b"{}"), ("exec action=a", None), ("result action=../x", None)):
            self.expect_refusal(other.ask(text, event), "request")
        half = runner.connect()
        half.send(b"\0\0\0\x06sta")
        self.expect(other.ask("status"), "done")
        crowd = [runner.connect() for _ in range(100)]
        self.expect(crowd[-1].ask("status"), "done")
        for connection in (half, *crowd):
            connection.close()

    def run_by_program(self, runner):
        return subprocess.run([*confined, binary, "--socket", runner.socket, "run", "action=a",
                               f"until={in_seconds(60)}"], input=b"{\"a\":1}", capture_output=True,
                              check=False)

    def test_the_program_asks_too(self):
        runner = self.start("cat; printf '\\033[2J'")
        asked = self.run_by_program(runner)
        self.assertEqual(asked.returncode, 1)
        self.assertIn(b"guard=asker", asked.stdout)
        runner.stop()
        runner.start("cat; printf '\\033[2J'", f"askers: {{users: [{nobody}]}}")
        asked = self.run_by_program(runner)
        self.assertEqual(asked.returncode, 0, asked.stderr)
        self.assertIn(b"outcome=exited code=0", asked.stdout)
        self.assertIn(b"\n{\"a\":1}\\u{001B}[2J\n", asked.stdout)

    def test_the_program_asks_nobody_for_what_is_no_request(self):
        done = subprocess.run([binary, "--socket", "/nowhere.sock", "rnu", "action=a"], capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (
            64, "alarum-runner: the verb is none of run, result, forget, status; see --help\n"))


class Policies(Running):
    def check(self, runner):
        return subprocess.run([binary, "--policy", runner.policy, "--check"], capture_output=True, text=True,
                              check=False)

    def test_a_broken_policy_is_refused_with_the_place(self):
        runner = self.make()
        script = runner.script("exit 0")
        for text, said in ((f"command: [{script}]\ntimout: 5s\n",
                            "policy.yaml:2:1: unknown section 'timout'"),
                           ("command: [sh, -c, x]\n", "policy.yaml:1:10: 'command': it begins with the path"),
                           (f"command: [{script}]\ntimeout: 2h\n", "policy.yaml:2:10: 'timeout' takes"),
                           (f"command: [{script}]\nenvironment: [A]\n", "policy.yaml:2:14: 'environment'"),
                           ("timeout: 5s\n", "'command' is missing"),
                           (f"command: [{runner.folder}/absent]\n", "policy.yaml:1:10: 'command': ")):
            runner.write_policy(text)
            done = self.check(runner)
            self.assertEqual(done.returncode, 78, done.stdout)
            self.assertIn(said, done.stderr)
        runner.write_policy(f"command: [{script}]\n")
        self.assertEqual(self.check(runner).returncode, 0)
        os.chown(runner.policy, nobody, nobody)
        self.assertIn("belongs to user 65534, not to root", self.check(runner).stderr)

    def test_a_script_that_others_could_change_is_not_run(self):
        runner = self.start("echo hello")
        script = runner.folder / "script"
        self.expect(runner.run("a"), "ended", code=0)
        for spoil, mend in ((lambda: script.chmod(0o777), lambda: script.chmod(0o755)),
                            (lambda: os.chown(script, nobody, -1), lambda: os.chown(script, 0, -1)),
                            (lambda: runner.folder.chmod(0o777), lambda: runner.folder.chmod(0o755))):
            spoil()
            self.expect_refusal(runner.run("b"), "program")
            self.assertEqual(self.check(runner).returncode, 78)
            mend()
        self.expect(runner.run("b"), "ended", code=0)
        link = runner.state / "link"  # in a folder of nobody's, who could lead it elsewhere
        link.symlink_to(script)
        runner.write_policy(f"command: [{link}]\n")
        self.assertIn("belongs to user 65534, not to root", self.check(runner).stderr)

    def test_a_reload_takes_a_sound_policy_and_keeps_a_broken_one_out(self):
        runner = self.start("echo old", "class: declarative")
        runner.write_policy("command: nonsense\n")
        runner.signal(signal.SIGHUP)
        wait_until(lambda: runner.ask("status")["policy"] == "kept_out", "it says so")
        self.assertEqual(runner.run("a").stdout, b"old\n")
        runner.write_policy(f"command: [{runner.script('echo new', 'second')}]\n")
        runner.signal(signal.SIGHUP)
        wait_until(lambda: runner.ask("status")["policy"] == "current", "it is taken")
        self.assertEqual(runner.run("b").stdout, b"new\n")

    def test_it_does_not_run_with_capabilities(self):
        runner = self.make()
        runner.write_policy(f"command: [{runner.script('exit 0')}]\n")
        done = subprocess.run(runner.command()[len(confined):], capture_output=True, text=True, check=False,
                              timeout=10)
        self.assertEqual(done.returncode, 1)
        self.assertIn("more capabilities than none", done.stderr)

    def test_two_do_not_share_a_book_and_a_damaged_one_is_named(self):
        runner = self.start("echo hello")
        self.expect(runner.run("a"), "ended")
        second = subprocess.run([*runner.command()[:-1], runner.state / "second.sock"], capture_output=True,
                                text=True, check=False, timeout=10)
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"process {runner.process.pid} uses", second.stderr)
        runner.stop()
        book = runner.state / "book"
        book.write_bytes(book.read_bytes().replace(b"started", b"Started"))
        done = subprocess.run(runner.command(), capture_output=True, text=True, check=False, timeout=10)
        self.assertEqual(done.returncode, 1)
        self.assertIn("book:2: ", done.stderr)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("takes root: whom files belong to counts")
        sys.exit(77)
    unittest.main(verbosity=2, warnings="ignore")
