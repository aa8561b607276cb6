"""The runner as a process without capabilities, its scripts and policy, and what it is asked."""

import contextlib
import datetime
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import time

binary = os.environ["ALARUM_RUNNER"]
nobody = 65534
confined = ("setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups", "--inh-caps=-all",
            "--ambient-caps=-all", "--bounding-set=-all", "--no-new-privs")


def wait_until(condition, what, patience=10.0):
    """Waits for `condition`, and fails when it does not come."""
    end = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"in vain after {patience} s: {what}")
        time.sleep(0.02)
    return found


def in_seconds(seconds):
    time_then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time_then.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def processes(word):
    """Numbers of the processes that have `word` among those of their command line, and have not ended."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and word.encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def state(process):
    """The letter that ps shows: T for a process that was stopped."""
    return (pathlib.Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()[0]


def children(process):
    """Numbers of the processes whose parent is `process`."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit():
                state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
                if int(parent) == process and state != "Z":
                    found.append(int(folder.name))
    return found


class Answer:
    """An answer: its first word, its facts, and what the script wrote."""

    def __init__(self, data):
        line, _, rest = data.partition(b"\n")
        self.line = line.decode()
        words = self.line.split(" why=")[0].split(" ")
        self.first = words[0]
        self.facts = dict(word.split("=", 1) for word in words[1:])
        size = int(self.facts.get("stdout", 0))
        self.stdout, self.stderr = rest[:size], rest[size:]

    def __getitem__(self, key):
        value = self.facts[key]
        return int(value) if value.isdigit() else value


class Connection:
    """One connection to the runner's socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))
        self.socket.settimeout(30)

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def request(self, text, event=None):
        data = text.encode() + (b"" if event is None else b"\n" + event)
        self.send(struct.pack(">I", len(data)) + data)

    def receive(self):
        """The next answer, or nothing where the other end hung up."""
        head = self.exactly(4)
        data = head and self.exactly(struct.unpack(">I", head)[0])
        return data and Answer(data)

    def exactly(self, size):
        out = bytearray()
        while len(out) < size:
            piece = self.socket.recv(size - len(out))
            if not piece:
                return None
            out += piece
        return bytes(out)

    def ask(self, text, event=None):
        with contextlib.suppress(BrokenPipeError):  # who may not ask is told so before having asked
            self.request(text, event)
        return self.receive()


class Runner:
    """A program that runs from `start` to `stop`, with policy, scripts and state in a folder of its own."""

    def __init__(self):
        # In memory where there is such a place: every run waits for its line to be on the disk.
        memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.scratch = tempfile.TemporaryDirectory(dir=memory)
        self.folder = pathlib.Path(self.scratch.name)
        self.folder.chmod(0o755)
        self.state = self.folder / "state"
        self.state.mkdir()
        os.chown(self.state, nobody, nobody)
        self.policy = self.folder / "policy.yaml"
        self.socket = self.state / "runner.sock"
        self.log = self.folder / "log"
        self.process = None

    def script(self, text, name="script"):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + text, encoding="utf-8")
        path.chmod(0o755)
        return path

    def write_policy(self, text):
        fresh = self.folder / "fresh.yaml"
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o644)
        fresh.replace(self.policy)

    def command(self):
        return (*confined, binary, "--policy", str(self.policy), "--state", str(self.state / "book"),
                "--socket", str(self.socket))

    def start(self, script=None, policy="", fault=None):
        """`script` is the text of a shell script; `fault` goes wrong, see daemon/base/fault.h."""
        if script is not None:
            self.write_policy(f"command: [{self.script(script)}]\n{policy}\n")
        environment = dict(os.environ, SECRET="not for scripts", **({"ALARUM_FAULT": fault} if fault else {}))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment)
        wait_until(self.answers, "the runner answers")
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the runner ended with {self.process.returncode}:\n{self.said()}")
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return self.ask("status")
        return None

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def connect(self):
        return Connection(self.socket)

    def ask(self, text, event=None):
        connection = self.connect()
        try:
            return connection.ask(text, event)
        finally:
            connection.close()

    def run(self, action, event=b"{}", seconds=60):
        return self.ask(f"run action={action} until={in_seconds(seconds)}", event)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends it as systemd would."""
        self.signal(signal.SIGTERM)
        code = self.process.wait(20)
        if code != 0:
            raise AssertionError(f"the runner ended with {code}:\n{self.said()}")

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.scratch.cleanup()
