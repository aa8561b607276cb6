"""kill -9 of alarumd around every action: what may be repeated has one effect, what may not is done once.

Usage: kill_test.py [--kills N]. A broker, an enforcer and two web servers outlive the daemon, and keep count.
"""

import argparse
import collections
import contextlib
import http.server
import json
import pathlib
import random
import sqlite3
import tempfile
import threading

import broker as kafka
from alarumd import expect
from namespaces import two_hosts
from scenario_test import RootEnforcer, Scene

# Before and after the commit that begins an attempt, before it is sent, and after its answer.
points = ("actions_before_commit", "actions_after_commit", "action_before_send", "action_after_reply")
open_states = "('intent', 'executing', 'undoing')"
steps = ("firewall", "hook", "chat")
patience = 60


class Receivers:
    """A webhook and a chat: what arrived, by the id of its action or incident."""

    def __init__(self):
        self.hooks, self.messages = collections.Counter(), collections.Counter()
        receivers = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/hook":
                    receivers.hooks[self.headers["webhook-id"]] += 1
                else:
                    receivers.messages[json.dumps(body, sort_keys=True)] += 1
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # a daemon that is killed resets its connections

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}/{path}"


def prepare(scene, receivers, folder):
    """Three responders, one of each promise, for every incident."""
    (folder / "chat-url").write_text(receivers.url("chat"), encoding="utf-8")
    scene.daemon.settings["responders"] += [
        {"name": "hook", "kind": "webhook", "url": receivers.url("hook")},
        {"name": "chat", "kind": "slack", "url_file": str(folder / "chat-url")}]
    scene.daemon.settings["playbooks"] = [
        {"name": "all", "when": {"level": "high"},
         "do": [{"responder": "firewall", "target": "source.ip", "for": "1h"}, "hook", "chat"]}]
    scene.daemon.write_config()


def wait_for_kill(daemon):
    with contextlib.suppress(Exception):
        daemon.process.wait(timeout=patience)
    expect(daemon.process.poll() is not None, "the fault point is reached")


def has_ended(scene, incidents):
    """Whether everything is decided about all incidents (later than their alerts are there), and done."""
    with contextlib.suppress(sqlite3.OperationalError):  # the daemon has it for a moment
        return scene.sql("SELECT (SELECT count(*) FROM decisions), (SELECT count(*) FROM actions"
                         f" WHERE state IN {open_states})") == [(incidents * len(steps), 0)]
    return False


def check(scene, enforcer, receivers, incidents):
    """Every action has come to an end, and the world looks as the ledger says."""
    states = collections.Counter(scene.sql("SELECT responder, state FROM actions"))
    print(dict(states), flush=True)
    for responder in steps:
        ended = sum(count for (name, _), count in states.items() if name == responder)
        expect(ended == incidents, f"{responder}: {ended} actions of {incidents} incidents")
    expect(states[("firewall", "done")] == incidents, "every block is done")
    expect(states[("hook", "done")] == incidents, "every webhook is done")
    blocked = dict(pair.split("=") for pair in enforcer.ask("status").split()[1:])["blocks"]
    expect(int(blocked) == incidents, f"{blocked} addresses are blocked for {incidents} incidents")
    expect(len(receivers.hooks) == incidents, f"{len(receivers.hooks)} webhook ids")
    told = sum(receivers.messages.values())
    expect(max(receivers.messages.values()) == 1, "no message is shown twice")
    expect(states[("chat", "done")] <= told <= incidents,
           f"{told} messages, of which the ledger knows {states[('chat', 'done')]}")
    expect(states[("chat", "done")] + states[("chat", "in_doubt")] == incidents, "the others are in doubt")
    counts = dict(((responder, outcome), times) for responder, outcome, times in
                  scene.sql("SELECT responder, outcome, sum(times) FROM action_counts GROUP BY 1, 2"))
    expect(counts.get(("chat", "in_doubt"), 0) == states[("chat", "in_doubt")], f"counted: {counts}")
    print(f"{incidents} incidents: webhooks repeated {sum(receivers.hooks.values()) - incidents} times, "
          f"{states[('chat', 'in_doubt')]} messages in doubt of which {told - states[('chat', 'done')]} were "
          "shown", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=12)
    kills = arguments.parse_args().kills
    seed = random.randrange(2 ** 32)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    receivers = Receivers()
    with two_hosts() as hosts, kafka.Broker() as broker, tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        enforcer = RootEnforcer(hosts[0]).start()
        scene = Scene(broker, broker.brokers, folder, enforcer)
        prepare(scene, receivers, folder)
        incidents = 0
        for kill in range(kills):
            point = f"{points[kill % len(points)]}=kill@{chance.randint(1, 3)}"
            scene.daemon.environment = {"ALARUM_FAULT": point}
            scene.daemon.start(wait=False)
            for _ in range(4):
                scene.attack(f"11.2.{incidents >> 8}.{incidents & 255}")
                incidents += 1
            wait_for_kill(scene.daemon)
        scene.daemon.environment = {}
        with scene.daemon as daemon:
            daemon.until(lambda: has_ended(scene, incidents), "through with its actions", patience)
            check(scene, enforcer, receivers, incidents)
        enforcer.close()


if __name__ == "__main__":
    main()
