"""Reloads in a storm: every record is told by exactly one set of rules, and by a sound one.

Sound and broken sets of 50 rules take turns every 200 ms while records come; then all SigmaHQ rules are
loaded anew five times, and SIGTERM comes in the middle of a load.
"""

import argparse
import collections
import hashlib
import json
import pathlib
import sys
import tempfile
import time

import data
from alarumd import Alarumd, expect
from broker import Broker
from crash_test import Producer, capture_lines, check_exact, partitions

rules_per_set = 50
groups = 25  # each record is told by rules_per_set / groups of them
swaps_min = 100
interval = 0.2

rule_text = """\
title: Rule {rule} of set {number}
id: 00000000-0000-4000-8000-{rule:012}
logsource: {{product: storm}}
detection:
  selection: {{group: {group}}}
  condition: selection
level: low
"""

# What makes a set broken: a rule, a file, a rule that is none any more, the configuration.
breakages = [
    lambda text: text.replace("group:", "group|startwith:"),
    lambda text: text + "tags: [",
    lambda text: text.replace("detection:", "detections:"),
    None,
]


def text_of(rule, number):
    return rule_text.format(rule=rule, number=number, group=rule % groups)


class RuleSets:
    """Sets of rules on disk, each in a folder of its own; every eighth is broken."""

    def __init__(self, folder):
        self.folder = folder
        self.revisions = {}
        self.write(0)

    @staticmethod
    def is_broken(number):
        return number % 8 == 7

    @staticmethod
    def breakage(number):
        return breakages[number // 8 % len(breakages)]

    def path(self, number):
        return self.folder / f"set-{number}"

    def write(self, number):
        self.path(number).mkdir(parents=True)
        for rule in range(rules_per_set):
            text = text_of(rule, number)
            self.revisions[hashlib.sha256(text.encode()).hexdigest()[:16]] = (rule, number)
            if self.is_broken(number) and rule == number % rules_per_set and self.breakage(number):
                text = self.breakage(number)(text)
            (self.path(number) / f"{rule:02}.yml").write_text(text, encoding="utf-8")

    def configure(self, daemon, number):
        """What the next reload reads."""
        daemon.settings["rules"] = {"paths": [str(self.path(number))]}
        if self.is_broken(number) and not self.breakage(number):
            daemon.settings["rules"]["pathes"] = []
        daemon.write_config()


def reloads(daemon, outcome):
    return int(daemon.metric("alarum_config_reloads_total", outcome=outcome))


def storm(daemon, sets, seconds):
    """A reload each 200 ms; of the sets, all but the first, in turn. A busy machine, where several become
    one, gets more time for as many swaps."""
    begin = time.monotonic()
    number = 0
    while time.monotonic() < begin + seconds or (
            reloads(daemon, "done") < swaps_min and time.monotonic() < begin + 5 * seconds):
        number += 1
        sets.write(number)
        sets.configure(daemon, number)
        daemon.reload()
        time.sleep(max(0.0, begin + number * interval - time.monotonic()))


def check_alerts(alerts, sets, records, group_of):
    """Each record is told by the rules of its group, once each, all of one sound set."""
    told = collections.defaultdict(set)
    for alert in alerts:
        place = alert["evidence"][0]
        rule, number = sets.revisions[alert["rule"]["revision"]]
        expect(alert["rule"]["title"] == f"Rule {rule} of set {number}", f"another revision's alert: {alert}")
        expect(not sets.is_broken(number), f"told by the broken set {number}: {alert}")
        told[place["partition"], place["offset"]].add((rule, number))
    expect(len(told) == records, f"{len(told)} records are told of {records}")
    for place, by in told.items():
        expect(len({number for _, number in by}) == 1, f"{place} is told by several sets: {sorted(by)}")
        wanted = [rule for rule in range(rules_per_set) if rule % groups == group_of(*place)]
        expect(sorted(rule for rule, _ in by) == wanted, f"{place} is told by {sorted(by)}")
    return len({number for by in told.values() for _, number in by})


def test_sets_in_a_storm(scratch, seconds):
    sets = RuleSets(scratch / "sets")
    lines = [json.dumps({"group": number % groups, "number": number}) for number in range(9973)]
    with Broker() as broker:
        for topic in ("events", "alerts", "dead"):
            broker.lab.create(topic, partitions)
        source = {"name": "kafka", "log_source": {"product": "storm"},
                  "kafka": {"brokers": [broker.brokers], "topics": ["events"]}}
        daemon = Alarumd(scratch / "storm", broker.brokers, [sets.path(0)], sources=[source])
        producer = Producer(broker.lab, lines, 2000)
        with daemon:
            producer.start()
            storm(daemon, sets, seconds)
            producer.stop()
            daemon.until(lambda: daemon.records() >= producer.produced, "through with the topic")
            daemon.until(lambda: daemon.metric("alarum_outbox_pending") == 0, "rid of its alerts")
            done, failed = reloads(daemon, "done"), reloads(daemon, "failed")
            expect(daemon.metric("alarum_records_total", outcome="evaluated") == producer.produced,
                   "records evaluated are not those produced")
            code, took = daemon.stop()
            expect(code == 0 and took < 10, f"SIGTERM ends with {code} after {took:.1f} s")
        values = {(partition, offset): json.loads(value)["group"]
                  for partition, offset, _, value in broker.lab.consume("events")}
        alerts = {key: json.loads(value) for _, _, key, value in broker.lab.consume("alerts")}
        in_use = check_alerts(alerts.values(), sets, producer.produced, lambda *place: values[place])
        print(f"{done} swaps, {failed} sets kept out, {in_use} sets told {len(alerts)} alerts of "
              f"{producer.produced} records")
        expect(done >= swaps_min, f"only {done} swaps")
        expect(failed >= done // 10, f"only {failed} broken sets were kept out")


def end_in_a_load(daemon):
    """SIGTERM while the rules are loaded, and how long it took; tried again where the load was quicker."""
    for _ in range(5):
        said = len(daemon.log())
        daemon.reload()
        daemon.until(lambda: "reloading" in daemon.log()[said:], "reloading")
        code, took = daemon.stop()
        expect(code == 0 and took < 10, f"SIGTERM in a load ends with {code} after {took:.1f} s")
        is_in_time = "reloaded" not in daemon.log()[said:]
        daemon.start()
        if is_in_time:
            return took
    raise AssertionError("SIGTERM always came after the load")


def test_all_rules_again_and_again(root, scratch):
    rules = data.sigmahq_rules()
    lines = capture_lines(root, 20_000)
    with Broker() as broker:
        for topic in ("events", "alerts", "dead"):
            broker.lab.create(topic, partitions)
        producer = Producer(broker.lab, lines, 1000)
        daemon = Alarumd(scratch / "all", broker.brokers, rules)
        with daemon:
            producer.start()
            for number in range(1, 6):
                before = time.monotonic()
                daemon.reload()
                daemon.until(lambda number=number: reloads(daemon, "done") == number, "reloaded")
                print(f"all rules reloaded in {time.monotonic() - before:.1f} s")
            took = end_in_a_load(daemon)
            producer.stop()
            told, _ = check_exact(daemon, broker, rules, producer.produced, 0)
        print(f"{producer.produced} records, {told} alerts; SIGTERM in a load took {took:.1f} s")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=30)
    options = arguments.parse_args()
    root = data.folder()
    with tempfile.TemporaryDirectory() as scratch:
        test_sets_in_a_storm(pathlib.Path(scratch), options.seconds)
        test_all_rules_again_and_again(root, pathlib.Path(scratch))


if __name__ == "__main__":
    sys.exit(main())
