"""A real Prometheus scrapes alarumd: its rules are sound, and every query of every dashboard returns data.

`Story` drives what the queries ask for: records come, responders of every kind tell and block, some of them
fail, people look at incidents. Nothing is written into the ledger but by alarumd. It takes root, for the
namespace in which the enforcer blocks.
"""

import contextlib
import json
import math
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import broker as kafka
import stand_ins
from alarumd import Alarumd, expect, patience
from namespaces import two_hosts
from scenario_test import RootEnforcer, Scene, friend, rule

dashboards = pathlib.Path(__file__).resolve().parents[2] / "docs" / "dashboards"
# What Grafana puts in; one scrape a second, so a minute is many of them.
ranges = {"$__rate_interval": "1m", "$__range": "10m"}
# What an alert asks for returns nothing where all is well. These are looked at as a whole, since the story
# goes badly enough for them; of the others it is only what they look at.
alerts_that_fire = {"AlarumActionFailed", "AlarumActionInDoubt", "AlarumBlockIneffective",
                    "AlarumBreakerTripped", "AlarumResponderBroken"}

rejected_rule = """\
title: Not Understood
id: 00000000-0000-4000-8000-000000000002
logsource: {category: webserver}
detection:
  selection: {a|startwith: 1}
  condition: selection
"""
outcomes = ("done", "shadow", "denied", "duplicate", "failed", "in_doubt", "expired", "undone")
guards = ("canary", "never_block", "enforcer", "left_alone", "breaker", "cap")
# A host of the enforcer's own network, which alarumd knows nothing of.
enforcers_own = "10.77.0.1"
# `down` may be late only so much, so what waits for it expires.
telling = ["soc", "chat", "tickets", "refuses", "murmurs", {"responder": "down", "deadline": "3s"}]

prometheus_config = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{rules}"]
scrape_configs:
  - job_name: alarum
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus:
    """A server on loopback that scrapes the daemon once a second. `with` starts it and ends it."""

    def __init__(self, folder, scraped_port):
        self.folder, self.port = folder, kafka.free_port()
        self.folder.mkdir()
        config = prometheus_config.format(rules=dashboards / "rules.yaml", port=scraped_port)
        (folder / "prometheus.yml").write_text(config, encoding="utf-8")

    def __enter__(self):
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={self.folder}/prometheus.yml",
                 f"--storage.tsdb.path={self.folder}/data", f"--web.listen-address=127.0.0.1:{self.port}",
                 "--log.level=warn"], stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, path, **parameters):
        """The data of an answer; nothing while nobody answers."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}",
                                        timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code == 503:  # it has begun to listen, and reads its data still
                return None
            raise AssertionError(f"{parameters}: {error.read().decode()}") from error
        except OSError:
            return None

    def values(self, query):
        """The numbers that a query returns now; what is none is left out."""
        data = self.ask("query", query=query)
        numbers = [float(one["value"][1]) for one in data["result"]] if data else []
        return [number for number in numbers if not math.isnan(number)]

    def until(self, query, what):
        """Waits until a query returns data."""
        deadline = time.monotonic() + patience
        while not self.values(query):
            expect(time.monotonic() < deadline and self.process.poll() is None,
                   f"never {what}: {query}\n{(self.folder / 'log').read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.2)


class Targets:
    """Who is told over HTTP: a webhook, a chat and a Jira that work, and three that do not."""

    answers = {"soc": stand_ins.accept, "chat": stand_ins.accept, "refuses": stand_ins.refuse,
               "murmurs": stand_ins.murmur, "down": stand_ins.unavailable}

    def __init__(self, folder, doors):
        self.folder = folder
        self.urls = {name: doors.enter_context(stand_ins.StandIn(answer)).url()
                     for name, answer in {**self.answers, "tickets": stand_ins.Jira()}.items()}
        self.urls["token"] = "secret"

    def secret(self, name):
        """The file that says where this target is."""
        path = self.folder / name
        path.write_text(self.urls[name], encoding="utf-8")
        return str(path)

    def responders(self):
        """Their entries in the configuration."""
        hooks = [{"name": name, "kind": "webhook", "url": self.urls[name]}
                 for name in ("soc", "refuses", "down")]
        chats = [{"name": name, "kind": "slack", "url_file": self.secret(name)}
                 for name in ("chat", "murmurs")]
        return [*hooks, *chats, {"name": "tickets", "kind": "jira", "base_url": self.urls["tickets"],
                                 "project": "SOC", "token_file": self.secret("token")}]


def daemon_of(folder, brokers, enforcer, targets):
    """An alarumd that tells all of them, blocks by one responder, and would by another."""
    firewalls = [{"name": name, "kind": "nftables", "mode": mode, "socket": str(enforcer.socket)}
                 for name, mode in (("firewall", "auto"), ("rehearsal", "shadow"))]
    return Alarumd(
        folder / "daemon", brokers, [folder / "rules"],
        sources=[{"name": "web", "log_source": {"category": "webserver"}, "lateness": "0s",
                  "kafka": {"brokers": [brokers], "topics": ["events"]}}],
        responders=[{"name": "alerts", "kind": "file", "path": str(folder / "alerts.jsonl")},
                    *firewalls, *targets.responders()],
        playbooks=[{"name": "tell", "when": {"level": "high"}, "do": telling},
                   {"name": "cut off", "when": {"level": "high"},
                    "do": [{"responder": one["name"], "target": "source.ip", "for": "1h"}
                           for one in firewalls]}],
        guard_rails={"canary": "1h", "never_block": [friend + "/32"], "clients_percent_max": 100,
                     "blocks_per_minute_max": 1000, "blocks_per_hour_max": 30})


class Story:
    """Everything that the dashboards show: records, incidents through their lives, actions of every fate."""

    def __init__(self, daemon, lab, prometheus):
        self.daemon, self.lab, self.prometheus = daemon, lab, prometheus

    def attack(self, *addresses):
        self.lab.produce("events", 0, [Scene.line(address) for address in addresses])

    def sql(self, query, *values):
        path = self.daemon.settings["ledger"]["path"]
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
            return ledger.execute(query, values).fetchall()

    def tool(self, *words):
        """What the tool prints."""
        done = subprocess.run([os.environ["ALARUM_BINARY"], *words, "--socket",
                               self.daemon.settings["control"]["socket"]],
                              capture_output=True, text=True, check=False, timeout=patience)
        expect(done.returncode == 0, f"{words}: exit code {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def until_counted(self, outcome, **labels):
        self.daemon.until(lambda: self.daemon.metric("alarum_actions_total", outcome=outcome, **labels) > 0,
                          f"counting an action that is {outcome} {labels}")

    def until_blocked(self, *addresses):
        blocked = "SELECT 1 FROM actions WHERE responder = 'firewall' AND state = 'done' AND target = ?"
        self.daemon.until(lambda: all(self.sql(blocked, address) for address in addresses),
                          f"blocking {addresses}")

    def until_held(self, guard):
        self.daemon.until(lambda: self.daemon.metric("alarum_action_denied_total", guard=guard) > 0,
                          f"held by {guard}")

    def tell(self):
        self.watch_a_new_rule()
        self.attack("11.0.0.2", "11.0.0.3", "11.0.0.4", friend, enforcers_own)
        self.until_blocked("11.0.0.2", "11.0.0.3", "11.0.0.4")
        blocked_at = time.monotonic()
        for guard in ("never_block", "enforcer"):
            self.until_held(guard)
        self.let_go("11.0.0.4")
        self.work_on_incidents()
        self.come_back("11.0.0.3", blocked_at)
        for outcome in outcomes:
            self.until_counted(outcome)
        self.until_contained("11.0.0.2")
        self.attack("11.0.0.5")
        self.until_blocked("11.0.0.5")
        self.storm()

    def watch_a_new_rule(self):
        """At first the rule is too new to act; then an operator shortens that time."""
        self.attack("11.0.0.1")
        self.until_held("canary")
        self.daemon.settings["guard_rails"]["canary"] = "0s"
        self.daemon.write_config()
        self.daemon.reload()
        self.daemon.until(lambda: self.daemon.metric("alarum_config_reloads_total") == 1, "loaded anew")

    def let_go(self, address):
        """Somebody takes the block back; then this address is left alone, whatever it does."""
        self.tool("block", "remove", address, "--why", "a partner")
        self.until_counted("undone", responder="firewall")
        self.attack(address)
        self.until_held("left_alone")

    def incident_of(self, address):
        return self.sql("SELECT incident_id FROM incident_entities WHERE type = 'source.ip' AND value = ?",
                        address)[0][0]

    def work_on_incidents(self):
        """One is acknowledged, one contained by people, one closed; others stay new."""
        self.tool("incident", "ack", self.incident_of("11.0.0.1"), "--why", "on it")
        self.tool("incident", "contain", self.incident_of(friend), "--why", "told them")
        self.tool("incident", "close", self.incident_of("11.0.0.4"), "--verdict", "false_positive", "--why",
                  "a partner")

    def come_back(self, address, blocked_at):
        """Events of who is blocked, after the time in which they may have been under way."""
        time.sleep(max(0.0, blocked_at + 6 - time.monotonic()))
        self.attack(address)
        self.daemon.until(lambda: self.daemon.metric("alarum_actions_ineffective_total") == 1,
                          "aware that a block changes nothing")

    def until_contained(self, address):
        """Nothing comes of who is blocked for a minute, while others are heard."""
        contained = ("SELECT 1 FROM journal WHERE phase = 'contain' AND who = 'alarumd' AND incident_id = ?",
                     self.incident_of(address))

        def is_contained():
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self.lab.produce("events", 0, [json.dumps({"@timestamp": now, "c-ip": "192.0.2.1"})])
            time.sleep(0.5)
            return self.sql(*contained)

        self.daemon.until(is_contained, "aware that the incident is contained", 60 + patience)

    def storm(self):
        """More is to be blocked than may be: the breaker trips, and what comes then is only written down."""
        self.attack(*(f"11.0.1.{number}" for number in range(40)))
        for guard in ("cap", "breaker"):
            self.until_held(guard)

    def expect_counted(self):
        """Every fate and every guard of the story is counted, as the ledger has it, and Prometheus knows."""
        def is_as_in_the_ledger():
            counts = self.sql("SELECT responder, outcome, sum(times) FROM action_counts GROUP BY 1, 2"
                              " HAVING outcome <> 'ineffective'")
            return all(self.daemon.metric("alarum_actions_total", responder=name, outcome=outcome) == times
                       for name, outcome, times in counts)

        self.daemon.until(is_as_in_the_ledger, "counting as the ledger does")
        for outcome in outcomes:
            self.prometheus.until(f'sum(alarum_actions_total{{outcome="{outcome}"}}) > 0',
                                  f"counting what is {outcome}")
        for guard in guards:
            self.prometheus.until(f'alarum_action_denied_total{{guard="{guard}"}} > 0', f"counting {guard}")
        counts = self.sql("SELECT outcome, sum(times) FROM action_counts GROUP BY 1")
        print("actions:", ", ".join(f"{times} {outcome}" for outcome, times in counts), flush=True)


def queries():
    """(where, query) of every panel, with what Grafana puts in."""
    for path in sorted(dashboards.glob("*.json")):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                query = target["expr"]
                for name, value in ranges.items():
                    query = query.replace(name, value)
                yield f"{path.stem}: {panel['title']}", query


def rule_queries(prometheus):
    """(where, query) of recording rules, of alerts that fire, and of what other alerts look at."""
    for group in prometheus.ask("rules")["groups"]:
        for one in group["rules"]:
            expect(one["health"] != "err", f"{one['name']}: {one.get('lastError')}")
            if one["type"] == "recording" or one["name"] in alerts_that_fire:
                yield one["name"], one["query"]
            else:
                for selector in re.findall(r"alarum_\w+(?:\{[^}]*\})?", one["query"]):
                    yield one["name"], selector


def check_queries(prometheus):
    """Every query returns data; how many they are."""
    asked = [*queries(), *rule_queries(prometheus)]
    silent = [f"{where}: {query}" for where, query in asked if not prometheus.values(query)]
    expect(not silent, "no data:\n" + "\n".join(silent))
    expect(alerts_that_fire <= {where for where, _ in asked}, "an alert has another name")
    return len(asked)


def test_every_query_returns_data(folder, brokers, enforcer):
    rules = folder / "rules"
    rules.mkdir()
    (rules / "attack.yml").write_text(rule, encoding="utf-8")
    (rules / "rejected.yml").write_text(rejected_rule, encoding="utf-8")
    with contextlib.ExitStack() as doors:
        daemon = daemon_of(folder, brokers, enforcer, Targets(folder, doors))
        daemon.settings["dead_letter"] = {"file": {"path": str(folder / "dead")}}
        daemon.write_config()
        doors.enter_context(daemon)
        prometheus = doors.enter_context(Prometheus(folder / "prometheus", daemon.http))
        # Counters have to move while somebody looks.
        prometheus.until("count_over_time(alarum_ready[1m]) >= 3", "scraping")
        story = Story(daemon, kafka.Lab(brokers), prometheus)
        story.tell()
        story.expect_counted()
        time.sleep(2.5)  # two more scrapes: a rate takes two of them
        expect(prometheus.values('up{job="alarum"}') == [1], "the scrape is not up")
        print(f"{check_queries(prometheus)} queries, and all of them return data", flush=True)


def main():
    if shutil.which("prometheus") is None or shutil.which("promtool") is None:
        print("SKIPPED: no prometheus to test with")
        return 1 if os.environ.get("ALARUM_REQUIRE_ALL") == "1" else kafka.skipped
    checked = subprocess.run(["promtool", "check", "rules", dashboards / "rules.yaml"], check=False)
    expect(checked.returncode == 0, "the rules are not sound")
    with two_hosts() as hosts, tempfile.TemporaryDirectory() as folder:
        enforcer = RootEnforcer(hosts[0]).start()
        with subprocess.Popen([os.environ["ALARUM_DEMO_BROKER"], "--topic", "events:1"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as broker:
            try:
                brokers = broker.stdout.readline().strip()
                test_every_query_returns_data(pathlib.Path(folder), brokers, enforcer)
            finally:
                broker.kill()
                enforcer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
