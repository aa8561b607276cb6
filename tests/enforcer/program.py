"""The enforcer as a process with nothing but CAP_NET_ADMIN, in a namespace, and what it is asked."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time

binary = os.environ["ALARUM_ENFORCER"]
nobody = 65534
confined = ("setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups",
            "--inh-caps=-all,+net_admin", "--ambient-caps=-all,+net_admin", "--bounding-set=-all,+net_admin",
            "--no-new-privs")


def wait_until(condition, what, patience=10.0):
    """Waits for `condition`, and fails when it does not come."""
    end = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"in vain after {patience} s: {what}")
        time.sleep(0.005)
    return found


class Connection:
    """One connection to the enforcer's socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))  # waits where many others do
        self.socket.settimeout(20)

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """The next answer, or nothing where the other end hung up."""
        head = self.exactly(4)
        return head and self.exactly(struct.unpack(">I", head)[0]).decode()

    def exactly(self, size):
        out = b""
        while len(out) < size:
            piece = self.socket.recv(size - len(out))
            if not piece:
                return None
            out += piece
        return out

    def tell(self, text):
        with contextlib.suppress(BrokenPipeError):  # who may not ask is told so before having asked
            self.send(struct.pack(">I", len(text)) + text.encode())

    def ask(self, text):
        self.tell(text)
        return self.receive()


class Enforcer:
    """A program that runs from `start` to `stop`, with a policy and a state in a folder of its own."""

    def __init__(self, host, policy=""):
        self.host = host
        # In memory where there is such a place: every block waits for its line to be on the disk, and no test
        # here cuts the power.
        memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
        self.scratch = tempfile.TemporaryDirectory(dir=memory)
        self.folder = pathlib.Path(self.scratch.name)
        os.chown(self.folder, nobody, nobody)
        self.policy = self.folder / "enforcer.yaml"
        self.socket = self.folder / "enforcer.sock"
        self.write_policy(policy)
        self.process = None
        self.log = self.folder / "log"

    def write_policy(self, text):
        fresh = self.folder / "fresh.yaml"
        places = f"socket: {self.socket}\nstate: {self.folder / 'blocks'}\nclock: {self.folder / 'clock'}\n"
        fresh.write_text(f"{text}\n{places}", encoding="utf-8")
        os.chown(fresh, 0, nobody)
        fresh.chmod(0o640)
        fresh.replace(self.policy)

    def command(self):
        return ("ip", "netns", "exec", self.host.name, *confined, binary, "--policy", str(self.policy))

    def start(self, fault=None):
        """`fault` is what a test makes go wrong: see daemon/base/fault.h."""
        environment = dict(os.environ, **({"ALARUM_FAULT": fault} if fault else {}))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment)
        wait_until(self.answers, "the enforcer answers")
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the enforcer ended with {self.process.returncode}:\n{self.said()}")
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            return self.ask("status")
        return None

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ask(self, text):
        connection = Connection(self.socket)
        try:
            return connection.ask(text)
        finally:
            connection.close()

    def client(self, *words, user=0):
        """The program as this user asks with it. To root this enforcer is a stranger, who runs as nobody."""
        return subprocess.run(["ip", "netns", "exec", self.host.name, "setpriv", f"--reuid={user}",
                               "--clear-groups", binary, "--policy", str(self.policy), "--socket",
                               str(self.socket), *words], capture_output=True, text=True, check=False)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends it as systemd would; what it blocks stays."""
        self.signal(signal.SIGTERM)
        code = self.process.wait(10)
        if code != 0:
            raise AssertionError(f"the enforcer ended with {code}:\n{self.said()}")

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.scratch.cleanup()

    def kernel(self):
        """What nft lists: each element of the four sets, with the seconds that it has left."""
        listing = self.host.run("nft", "list", "table", "inet", "alarum")
        found = re.findall(r"([0-9a-f.:/]+) timeout \S+ expires (\w+)", listing)
        return {target: seconds(left) for target, left in found}


def seconds(text):
    """`1h2m3s4ms` as a number."""
    units = {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([a-z]+)", text))
