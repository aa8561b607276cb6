"""Incidents as analysts see them: a real Kafka, kill -9 between ledger and state, a full disk.

What the ledger holds is compared with the alerts on the topic, and the figures of /metrics with SQL.
"""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

import broker as kafka
import stand_ins
from alarumd import Alarumd, alerts_of, expect, patience
from disk_test import fill, small_disk
from namespaces import two_hosts
from plain_line import run
from scenario_test import RootEnforcer

records = 1500
hosts = 10
partitions = 3

rule_id = "00000000-0000-4000-8000-000000000001"
rule = f"""\
title: Every Record
id: {rule_id}
logsource: {{product: windows}}
detection:
  selection: {{a: 1}}
  condition: selection
level: %s
"""


def journaled(change, value):
    """How long after the incident was opened something about it changed; by level, in microseconds."""
    return f"""SELECT i.level, count(*), sum(at_us - opened_us) FROM incidents i JOIN journal
        USING (incident_id) WHERE change = '{change}' AND {value} GROUP BY i.level"""


def carried_out(responder):
    """The same of the actions of a responder, as they are known apart from the journal."""
    return f"""SELECT i.level, count(*), sum(x.ended_us - i.opened_us) FROM incidents i JOIN actions x
        USING (incident_id) WHERE x.responder = '{responder}' AND x.state = 'done' GROUP BY i.level"""


first_alerts = "alert_number IN (SELECT min(alert_number) FROM alerts GROUP BY incident_id)"
# What each figure has to be. The first alert of each incident says how long its detection took.
of_analysts = {
    "time_to_detect": f"""SELECT level, count(*), sum(detected_us - a.first_event_us) FROM alerts a
        JOIN incidents USING (incident_id) WHERE {first_alerts} GROUP BY level""",
    "time_to_acknowledge": journaled("state", "to_value = 'acknowledged'"),
    "time_to_contain": journaled("state", "to_value = 'contained'"),
    "time_to_identify": journaled("verdict", "from_value = ''"),
    "time_to_resolve": journaled("state", "to_value = 'resolved'"),
    "dwell": f"""SELECT i.level, count(*), sum(at_us - a.first_event_us) FROM alerts a JOIN incidents i
        USING (incident_id) JOIN journal USING (incident_id) WHERE change = 'state'
        AND to_value = 'contained' AND {first_alerts} GROUP BY i.level"""}
of_responders = {"time_to_notify": carried_out("hook"), "time_to_respond": carried_out("firewall"),
                 "time_to_detect": of_analysts["time_to_detect"],
                 "time_to_contain": of_analysts["time_to_contain"], "dwell": of_analysts["dwell"]}
of_rules = {"time_to_detect", "time_to_respond", "time_to_contain"}


def event(number, began):
    """A record of one of the hosts; 1,500 of them lie within 25 minutes. Hosts are not to be trusted."""
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(began + number))
    host = f"h{number % hosts}'); DROP TABLE incidents; --\u202e\x1b[2J"
    return json.dumps({"a": 1, "n": number, "@timestamp": f"{when}.{number:06}Z", "Computer": host,
                       "SourceIp": f"11.0.0.{number % hosts}"})


class Incidents:
    """Topics called after `name`, and a daemon that reads them."""

    def __init__(self, broker, folder, name, level="high", **settings):
        self.broker, self.lab = broker, broker.lab
        self.folder = folder / name
        self.folder.mkdir()
        self.rule = self.folder / "rule.yml"
        self.rule.write_text(rule % level, encoding="utf-8")
        self.events, self.alerts = f"{name}-events", f"{name}-alerts"
        for topic in (self.events, self.alerts):
            self.lab.create(topic, partitions)
        self.daemon = Alarumd(self.folder, broker.brokers, [self.rule], topics=[self.events],
                              responders=[{"name": "alerts", "kind": "kafka", "topic": self.alerts}],
                              dead_letter={"kafka": {"topic": f"{name}-dead"}}, **settings)
        self.began = int(time.time()) - 3600
        self.produced = 0

    def produce(self, count):
        lines = [event(self.produced + i, self.began) for i in range(count)]
        for partition in range(partitions):
            self.lab.produce(self.events, partition, lines[partition::partitions])
        self.produced += count

    def sql(self, query):
        path = self.daemon.settings["ledger"]["path"]
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
            return ledger.execute(query).fetchall()

    def settle(self):
        self.daemon.until(lambda: self.daemon.records() >= self.produced, "through with the topic")
        self.daemon.until(lambda: self.daemon.metric("alarum_outbox_pending") == 0, "rid of its alerts")

    def tool(self, *words, code=0, text=None):
        """What `alarum incident …` says; JSON where that was asked for."""
        done = subprocess.run(
            [os.environ["ALARUM_BINARY"], "incident", *map(str, words),
             "--socket", self.daemon.settings["control"]["socket"]],
            capture_output=True, text=True, input=text, check=False, timeout=patience)
        expect(done.returncode == code, f"{words}: exit code {done.returncode}: {done.stdout}{done.stderr}")
        if code != 0:
            return done.stderr
        return json.loads(done.stdout) if "json" in words else done.stdout

    def expect_whole(self):
        """Every alert of the topic is in the ledger, once, in the words that were told."""
        told, _ = alerts_of(self.lab, self.alerts)
        expect(len(told) == self.produced, f"{len(told)} alerts told of {self.produced} records")
        kept = {key: json.loads(text) for key, text in self.sql("SELECT alert_id, alert_json FROM alerts")}
        expect(kept == told, f"the ledger has {len(kept)} alerts, and others than the {len(told)} told")
        expect(self.sql("SELECT sum(alerts) FROM incidents") == [(self.produced,)], "alerts are miscounted")

    def expect_told(self, what):
        """Every alert is on the topic, whatever the ledger does."""
        self.daemon.until(lambda: self.daemon.metric("alarum_sink_delivered_total", sink="alerts") ==
                          self.produced, what)

    def expect_figures(self, expected):
        """The sums and counts of /metrics are those that SQL finds in alerts, actions and the journal."""
        for phase, query in expected.items():
            rows = self.sql(query)
            expect(rows, f"nothing was measured of {phase}")
            for level, count, microseconds in rows:
                self.expect_times(f"alarum_incident_{phase}_seconds", count, microseconds, level=level)
            if phase in of_rules:
                total, microseconds = (sum(numbers) for numbers in list(zip(*rows))[1:])
                self.expect_times(f"alarum_rule_{phase}_seconds", total, microseconds, rule_id=rule_id)
        for state in ("new", "acknowledged", "contained"):
            ((count,),) = self.sql(f"SELECT count(*) FROM incidents WHERE state = '{state}'")
            expect(self.daemon.metric("alarum_incidents_open", state=state) == count,
                   f"{state}: not {count}")

    def expect_times(self, name, count, microseconds, **labels):
        """To the millisecond."""
        self.daemon.until(lambda: self.daemon.metric(f"{name}_count", **labels) == count,
                          f"counting {count} for {name}")
        found = self.daemon.metric(f"{name}_sum", **labels)
        expect(abs(found - microseconds / 1e6) < 0.001, f"{name}: {found}, not {microseconds} µs")


def start_until_killed(line, fault):
    """Starts it with a fault that kills it, and gives it records until it has come to that."""
    daemon = line.daemon
    daemon.environment = {"ALARUM_FAULT": fault}
    daemon.start(wait=False)
    deadline = time.monotonic() + patience
    while daemon.process.poll() is None:
        expect(time.monotonic() < deadline, f"{fault}: it is not killed: {daemon.log()[-2000:]}")
        line.produce(hosts * partitions)
        time.sleep(0.2)
    expect(daemon.process.returncode == -9,
           f"{fault}: it ends with {daemon.process.returncode}: {daemon.log()[-2000:]}")
    daemon.environment = {}


def test_alerts_become_incidents_though_it_is_killed(broker, scratch):
    line = Incidents(broker, scratch, "killed", state={"commit_records_max": 100})
    line.produce(records)
    with line.daemon as daemon:
        daemon.kill()
        for fault in ("ledger_committed=kill@3", "ledger_commit=kill@2", "ledger_committed=kill@1"):
            start_until_killed(line, fault)
            ((kept,),) = line.sql("SELECT count(*) FROM alerts")
            print(f"{fault}: {kept} alerts in the ledger", flush=True)
        daemon.start()
        line.settle()
        line.expect_whole()
        expect(line.sql("SELECT alerts, state FROM incidents") == [(line.produced // hosts, "new")] * hosts,
               f"incidents: {line.sql('SELECT alerts, state FROM incidents')}")
        analysts_at_work(line)
        line.expect_figures(of_analysts)
        daemon.kill()
        daemon.start()
        line.expect_figures(of_analysts)


def analysts_at_work(line):
    """Incidents are listed, shown, acknowledged, assigned, noted and closed with the tool."""
    first = line.tool("list", "--format", "json", "--limit", 3)
    second = line.tool("list", "--format", "json", "--before", first["next_before"], "--limit", 100)
    ids = [one["incident_id"] for one in first["incidents"] + second["incidents"]]
    expect(len(set(ids)) == hosts and second["next_before"] is None, f"the pages have {ids}")

    one, two, three, four = ids[:4]
    line.tool("ack", one, "--why", "on it")
    line.tool("assign", one[:10], "--to", "ann")
    said = line.tool("assign", one, "--to", "bob", "--revision", 2, code=1)
    expect("it is at revision 3, not 2; look at it again" in said, said)
    line.tool("note", one, "-", "--kind", "decision", text="# Off\n\x1b[2J`reboot`\n")
    said = line.tool("contain", one, code=1)
    expect("is assigned to 'ann'" in said and "say --revision 3" in said, said)
    line.tool("contain", one, "--revision", 3)
    line.tool("close", one, "--revision", 4, "--verdict", "true_positive", "--why", "malware")
    line.tool("close", two, "--verdict", "false_positive", "--why", "a test")
    line.tool("ack", three)
    line.tool("contain", four)
    expect("there is no incident 'ffffffff'" in line.tool("ack", "ffffffff", code=1), "an id of nothing")

    shown = line.tool("show", one, "--format", "json")
    expect(shown["incident"]["verdict"] == "true_positive", f"shown: {shown['incident']}")
    expect(shown["rules"][0]["alerts"] == line.produced // hosts, f"shown: {shown['rules']}")
    host = shown["entities"][0]["value"]
    expect(host.endswith("'); DROP TABLE incidents; --\u202e\x1b[2J"), f"a host is changed: {host!r}")
    expect([entry["to"] for entry in shown["journal"]] ==
           ["new", "acknowledged", "ann", "contained", "true_positive", "resolved"],
           f"journal: {shown['journal']}")
    expect(len(shown["alerts"]) == 20 and shown["next_alerts_before"], "the alerts are not a page")
    for_people = line.tool("show", one)
    expect("\x1b" not in for_people and "\u202e" not in for_people, "the cursor is not safe")
    expect("malware" in for_people and "`reboot`" in for_people, for_people)


def prepare_to_act(line, hook, enforcer):
    """Every incident is told to a webhook, and its address is blocked."""
    line.daemon.settings["responders"] += [
        {"name": "hook", "kind": "webhook", "url": hook.url()},
        {"name": "firewall", "kind": "nftables", "mode": "auto", "socket": str(enforcer.socket)}]
    line.daemon.settings["playbooks"] = [
        {"name": "all", "when": {"level": "high"},
         "do": ["hook", {"responder": "firewall", "target": "source.ip", "for": "1h"}]}]
    line.daemon.settings["guard_rails"] = {"canary": "0s", "clients_percent_max": 100}
    line.daemon.write_config()


def test_what_is_done_is_measured_though_it_is_killed(broker, scratch):
    with two_hosts() as (server, _), stand_ins.StandIn(stand_ins.accept) as hook:
        enforcer = RootEnforcer(server).start()
        line = Incidents(broker, scratch, "acted")
        prepare_to_act(line, hook, enforcer)
        for fault in ("actions_after_commit=kill@2", "action_after_reply=kill@3"):
            start_until_killed(line, fault)
        with line.daemon as daemon:
            line.settle()
            daemon.until(lambda: line.sql("SELECT state, count(*) FROM actions GROUP BY state") ==
                         [("done", 2 * hosts)], "through with its actions")
            for one in line.tool("list", "--format", "json", "--limit", 3)["incidents"]:
                line.tool("contain", one["incident_id"])
            line.expect_figures(of_responders)
            daemon.kill()
            daemon.start()
            line.expect_figures(of_responders)
        enforcer.close()


def test_ledger_on_a_full_disk(broker, scratch):
    line = Incidents(broker, scratch, "full", level="low")
    with small_disk(line.folder / "disk", "16m") as disk:
        line.daemon.settings["ledger"]["path"] = str(disk / "ledger.db")
        line.daemon.write_config()
        with line.daemon as daemon:
            line.produce(90)
            line.settle()
            filler = fill(disk)
            line.produce(records)
            daemon.until(lambda: "sink 'ledger' does not deliver" in daemon.get("/readyz")[1], "in trouble")
            daemon.until(lambda: daemon.records() == line.produced, "reading on")
            print(daemon.get("/readyz")[1], flush=True)
            expect(daemon.metric("alarum_outbox_pending") > 0, "nothing waits")
            line.expect_told("alerts go on to the topic")
            expect(daemon.metric("alarum_sink_failing", sink="ledger") == 1, "the sink does not fail")
            filler.unlink()
            line.settle()
            line.expect_whole()
            expect(daemon.metric("alarum_sink_failing", sink="ledger") == 0, "the sink fails on")


def test_ledger_that_somebody_else_holds(broker, scratch):
    line = Incidents(broker, scratch, "held")
    with line.daemon as daemon:
        with contextlib.closing(sqlite3.connect(daemon.settings["ledger"]["path"])) as other:
            other.execute("BEGIN IMMEDIATE")
            line.produce(90)
            daemon.until(lambda: "database is locked" in daemon.get("/readyz")[1], "in trouble")
            line.expect_told("alerts go on to the topic")
            said = line.tool("note", "ffff", "x", code=4)
            expect("database is locked: it is busy, try again" in said, f"an edit is not refused: {said}")
            expect("no incidents" in line.tool("list"), "reading waits for who writes")
            other.rollback()
        line.settle()
        line.expect_whole()


def main():
    with tempfile.TemporaryDirectory() as folder, kafka.Broker() as broker:
        run((test_alerts_become_incidents_though_it_is_killed,
             test_what_is_done_is_measured_though_it_is_killed, test_ledger_on_a_full_disk,
             test_ledger_that_somebody_else_holds),
            broker, pathlib.Path(folder))


if __name__ == "__main__":
    sys.exit(main())
