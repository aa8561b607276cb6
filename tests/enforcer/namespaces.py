"""Two hosts on one wire: network namespaces of this process alone, gone when it ends. It takes root."""

import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import threading

skipped = 77  # the exit status that ctest takes for a skipped test
clone_newnet = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def run(*command):
    """What a command prints."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(1 if os.environ.get("ALARUM_REQUIRE_ALL") == "1" else skipped)


class Namespace:
    """One host."""

    def __init__(self, role):
        self.name = f"alarum-{os.getpid()}-{role}"
        run("ip", "netns", "add", self.name)
        self.run("ip", "link", "set", "lo", "up")

    def remove(self):
        run("ip", "netns", "del", self.name)

    def run(self, *command):
        return run("ip", "netns", "exec", self.name, *command)

    def call(self, function):
        """What `function` returns in this namespace; a socket that it opens stays there."""
        out = []

        def body():
            with open(f"/run/netns/{self.name}", "rb") as file:
                if libc.setns(file.fileno(), clone_newnet) != 0:
                    out.append(OSError(ctypes.get_errno(), "setns"))
                    return
            try:
                out.append(function())
            except OSError as error:
                out.append(error)

        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        if isinstance(out[0], OSError):
            raise out[0]
        return out[0]


@contextlib.contextmanager
def two_hosts():
    """A server at 10.77.0.1 and a client with many addresses in 10.77.0.0/24, both with IPv6 besides."""
    if os.geteuid() != 0:
        skip("network namespaces take root")
    hosts = []
    try:
        hosts.append(server := Namespace("server"))
        hosts.append(client := Namespace("client"))
        run("ip", "link", "add", "wire", "netns", server.name, "type", "veth",
            "peer", "name", "wire", "netns", client.name)
        for host, numbers in ((server, [1]), (client, [2, 3, 4, 5, 6, 254])):
            host.run("ip", "link", "set", "wire", "up")
            for number in numbers:
                host.run("ip", "address", "add", f"10.77.0.{number}/24", "brd", "+", "dev", "wire")
                host.run("ip", "address", "add", f"2001:db8:77::{number}/64", "dev", "wire", "nodad")
        server.run("ip", "route", "add", "default", "via", "10.77.0.254")
        yield server, client
    finally:
        for host in hosts:
            host.remove()


class Echo:
    """A UDP server that sends back what it gets, and whether a client's address gets through to it."""

    def __init__(self, server, client):
        self.client = client
        self.sockets = [server.call(lambda: self.bound(socket.AF_INET, "10.77.0.1")),
                        server.call(lambda: self.bound(socket.AF_INET6, "2001:db8:77::1"))]
        for listening in self.sockets:
            threading.Thread(target=self.serve, args=(listening,), daemon=True).start()

    @staticmethod
    def bound(family, address):
        out = socket.socket(family, socket.SOCK_DGRAM)
        out.bind((address, 7))
        return out

    @staticmethod
    def serve(listening):
        with contextlib.suppress(OSError):
            while True:
                data, sender = listening.recvfrom(64)
                listening.sendto(data, sender)

    def reaches(self, source, patience=0.4):
        """Whether a datagram from this address is answered."""
        family = socket.AF_INET6 if ":" in source else socket.AF_INET
        target = "2001:db8:77::1" if ":" in source else "10.77.0.1"

        def attempt():
            with socket.socket(family, socket.SOCK_DGRAM) as out:
                out.bind((source, 0))
                out.settimeout(patience)
                out.sendto(b"hello", (target, 7))
                try:
                    return out.recv(64) == b"hello"
                except TimeoutError:
                    return False

        return self.client.call(attempt)
