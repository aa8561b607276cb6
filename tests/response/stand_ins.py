"""Stand-ins for what alarumd tells by HTTP: those that work, and those that do what no good one does."""

import http.server
import json
import re
import threading

patience = 60  # seconds that who hangs is waited for at most: longer than any time limit


class Request(http.server.BaseHTTPRequestHandler):
    """A request as an answer gets it: its `body`, its headers, and `reply`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms for an answer

    def take(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        stand_in = self.server.stand_in
        with stand_in.lock:
            stand_in.arrived += 1
        stand_in.answer(self)

    do_GET = do_POST = take

    def reply(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say_and_close(self, data):
        """These bytes, whether or not they are HTTP, and the end of the connection."""
        self.wfile.write(data)
        self.close_connection = True

    def wait(self, seconds):
        """Until then, or until the test ends."""
        self.server.stand_in.ended.wait(seconds)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, *_):
        pass  # who has waited long enough closes the connection


class StandIn:
    """A server at a free port of 127.0.0.1. Each request goes to `answer`, from threads. `with` ends it."""

    def __init__(self, answer):
        self.answer, self.arrived = answer, 0
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.server = Server(("127.0.0.1", 0), Request)
        self.server.stand_in = self
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, path=""):
        return f"http://127.0.0.1:{self.server.server_port}{path}"


def accept(request):
    """As Slack says it, which suits everybody else, too."""
    request.reply(200, b"ok")


def refuse(request):
    request.reply(400)


def unavailable(request):
    request.reply(503)


def fail(request):
    request.reply(500)


def murmur(request):
    """Whether Slack has shown a message is not known by this."""
    request.reply(200, b"maybe")


def hang(request):
    request.wait(patience)
    request.close_connection = True


def slow(request):
    request.wait(0.7)
    accept(request)


def garbage(request):
    request.say_and_close(b"\x00\xff\x1b[2J" + bytes(range(256)) * 8 + b"\r\n\r\n")


def accept_and_fail(request):
    """Has taken it, and does not come to say so."""
    request.say_and_close(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\nok")


class Strict:
    """Takes nothing twice, and nothing with a field that is not described (docs/reference/responders.md)."""

    notice = {"schema", "action_id", "incident", "rules", "entities", "link", "text", "cut"}
    incident = {"incident_id", "state", "level", "title", "verdict", "alerts", "opened", "first_event_time",
                "last_event_time"}

    def __init__(self):
        self.taken = set()

    def __call__(self, request):
        said = json.loads(request.body)
        identity = request.headers["webhook-id"]
        if set(said) != self.notice or set(said["incident"]) != self.incident:
            request.reply(400, b"an unknown field")
        elif identity in self.taken or identity != said["action_id"]:
            request.reply(409, b"again")
        else:
            self.taken.add(identity)
            accept(request)


class Jira:
    """As much of a Jira as a ticket for each incident, and comments on it, take."""

    def __init__(self):
        self.tickets, self.comments = {}, []
        self.lock = threading.Lock()

    def __call__(self, request):
        said = json.loads(request.body) if request.body else {}
        path = request.path.partition("?")[0].removeprefix("/rest/api/3")
        with self.lock:
            status, answer = self.answer_to(path, said)
        request.reply(status, json.dumps(answer).encode())

    def answer_to(self, path, said):
        if path == "/search/jql":
            label = re.search(r'labels = "([\w-]+)"', said["jql"])[1]
            return 200, {"issues": [{"key": key} for key, labels in self.tickets.items() if label in labels]}
        if path == "/issue":
            key = f"SOC-{len(self.tickets) + 1}"
            self.tickets[key] = said["fields"]["labels"]
            return 201, {"key": key}
        if path.endswith("/comment"):
            self.comments.append(said)
            return 201, {}
        return 404, {"errorMessages": [f"there is no {path}"]}
