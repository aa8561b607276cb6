"""A daemon that a test plays: it answers over a Unix socket what it is told to."""

import json
import socket
import threading


class PlayedDaemon:
    """Answers each connection at `path` with the next of `answers`, and keeps what was asked.

    `receive` reads a request of a connection, `send` writes an answer.
    """

    def __init__(self, path, answers, receive, send):
        path.unlink(missing_ok=True)
        self.requests = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._listener.settimeout(20)
        self._thread = threading.Thread(target=self._serve, args=(answers, receive, send))

    def _serve(self, answers, receive, send):
        for answer in answers:
            connection, _ = self._listener.accept()
            with connection:
                self.requests.append(receive(connection))
                send(connection, answer)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join()
        self._listener.close()


def control(path, answers):
    """A daemon at the control socket: one JSON object in one line each way."""
    return PlayedDaemon(path, answers, lambda connection: json.loads(connection.makefile().readline()),
                        lambda connection, answer: connection.sendall((json.dumps(answer) + "\n").encode()))


def receive_frame(connection):
    """Four bytes of length, most significant first, and so many of text."""
    stream = connection.makefile("rb")
    return stream.read(int.from_bytes(stream.read(4), "big")).decode()


def send_frame(connection, text):
    """The same the other way."""
    connection.sendall(len(text.encode()).to_bytes(4, "big") + text.encode())


def framed(path, answers):
    """A program that talks in frames, as the enforcer does."""
    return PlayedDaemon(path, answers, receive_frame, send_frame)
