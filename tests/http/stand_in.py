"""Servers that do what no good one does, the driver of our client, and certificates of our own."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import unittest

binary = os.environ.get("ALARUM_HTTP_DRIVER")
if not binary:
    raise SystemExit("ALARUM_HTTP_DRIVER names the driver, for example build/dev/bin/alarum-http-driver")

# Every request holds them, and nothing that the client says of a failure may.
secret_path, secret_header = "secret-path-4711", "secret-header-0815"
loopback = "00000000000000000000ffff7f000001"
ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Listens at a free port of 127.0.0.1. What is done with each request, or with each connection before
    anything was read, is up to the test."""

    def __init__(self, answer=None, connected=None, tls=None):
        self.answer, self.connected, self.tls = answer, connected, tls
        self.connections, self.requests = 0, []
        self.ended = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(20)

    def url(self, scheme="http", host="127.0.0.1"):
        return f"{scheme}://{host}:{self.port}/{secret_path}?token={secret_path}"

    def accept(self):
        while not self.ended.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.threads.append(threading.Thread(target=self.serve, args=(connection,)))
            self.threads[-1].start()

    def serve(self, connection):
        with connection, contextlib.suppress(OSError):  # ssl.SSLError is one: the client has gone
            connection.settimeout(15)
            if self.connected is not None:
                self.connected(connection)
                return
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            while (request := read_request(connection)) is not None:
                self.requests.append(request)
                if self.answer(connection, len(self.requests)) == "close":
                    break
            connection.close()

    def send_forever(self, connection, piece, pause=0.0):
        """Sends until the client has had enough, or for twenty seconds."""
        for _ in range(200_000):
            if self.ended.wait(pause) if pause else self.ended.is_set():
                return
            connection.sendall(piece)

    def hang(self, _connection, _number=0):
        """Says nothing until the test ends."""
        self.ended.wait(20)
        return "close"


def read_request(connection):
    """Head and body as they came; None where the client has closed."""
    taken = b""
    while b"\r\n\r\n" not in taken:
        piece = connection.recv(65536)
        if not piece:
            return None
        taken += piece
    head, body = taken.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, value = line.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return None
        body += piece
    return head.decode("latin-1"), body


def say(answer):
    """A handler that says `answer` to each request and keeps the connection."""
    return lambda connection, _: connection.sendall(answer)


def say_and_close(answer):
    def handler(connection, _):
        connection.sendall(answer)
        return "close"
    return handler


class Client:
    """The driver as a process."""

    def __init__(self, *arguments, **environment):
        self.process = subprocess.Popen(
            [binary, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, **environment})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def ask(self, url, headers=None, **request):
        """What came of the request; None where the process has ended instead."""
        headers = {"Authorization": f"Bearer {secret_header}", **(headers or {})}
        spec = {"url": url, "headers": headers, **request}
        self.process.stdin.write(json.dumps(spec) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            return None
        outcome = json.loads(line)
        for secret in (secret_path, secret_header):
            assert secret not in outcome.get("message", ""), f"a secret is in '{outcome['message']}'"
        return outcome


class HttpTest(unittest.TestCase):
    """Asks once, with a client of its own, and says what is expected of the outcome."""

    def ask(self, url, *arguments, **request):
        with Client(*arguments) as client:
            return client.ask(url, **request)

    def expect_failure(self, outcome, failure, verdict, seconds=2.0):
        self.assertEqual((outcome.get("failure"), outcome["verdict"]), (failure, verdict), outcome)
        self.assertLess(outcome["seconds"], seconds, outcome)

    def expect_answer(self, outcome, status, body=None):
        self.assertEqual(outcome.get("status"), status, outcome)
        if body is not None:
            self.assertEqual(outcome["body"], body)


def openssl(*arguments):
    if shutil.which("openssl") is None:
        print("skipped: openssl is not installed")
        sys.exit(1 if os.environ.get("ALARUM_REQUIRE_ALL") == "1" else 77)
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {arguments}: {done.stderr}"


class Authority:
    """An authority of our own: who trusts `certificate` trusts what it has issued."""

    def __init__(self, folder, name):
        self.folder = folder
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", f"/CN={name}",
                "-keyout", self.key, "-out", self.certificate)

    def issue(self, name, names, days=2):
        """Key and certificate for these names, in one file; with `days` -1 it expired yesterday."""
        key, request, made = (self.folder / f"{name}.{kind}" for kind in ("key", "csr", "crt"))
        extension = self.folder / f"{name}.ext"
        extension.write_text(f"subjectAltName={names}\n", encoding="utf-8")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-days", days, "-extfile", extension, "-out", made)
        both = self.folder / f"{name}.both.pem"
        both.write_text(key.read_text(encoding="utf-8") + made.read_text(encoding="utf-8"), encoding="utf-8")
        return both
