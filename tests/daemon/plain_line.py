"""A line whose every record makes one alert, so that whatever is lost or doubled shows."""

import sys
import time

from alarumd import Alarumd, alerts_of, expect, expect_same, patience, replayed, settle

recovery_max = 30.0  # seconds, after the cause is gone

rule = """\
title: Every Record
id: 00000000-0000-4000-8000-000000000001
logsource: {{product: windows}}
detection:
  selection: {{a: 1}}
  condition: selection
fields: [{fields}]
level: low
"""


class PlainLine:
    """Topics called after `name`, a daemon that reads them, and how many records were appended.

    With `fields` each record and its alert have so many fields of 1000 bytes besides.
    """

    def __init__(self, broker, folder, name, partitions=3, fields=0):
        self.broker, self.lab, self.name, self.partitions = broker, broker.lab, name, partitions
        names = [f"f{number}" for number in range(fields)]
        self.more = "".join(f',"{name}":"{name * (1000 // len(name))}"' for name in names)
        self.folder = folder / name
        self.folder.mkdir()
        self.rules = [self.folder / "every_record.yml"]
        self.rules[0].write_text(rule.format(fields=", ".join(names)), encoding="utf-8")
        self.events, self.alerts, self.dead = (f"{name}-{kind}" for kind in ("events", "alerts", "dead"))
        self.produced = 0
        for topic in (self.events, self.alerts, self.dead):
            self.lab.create(topic, partitions)

    def daemon(self, brokers=None, kafka=None, responder=None, **settings):
        """A daemon; `kafka` and `responder` are further settings of its source and of its responder."""
        source = {"brokers": [brokers or self.broker.brokers], "topics": [self.events], **(kafka or {})}
        made = Alarumd(self.folder, brokers, self.rules, **settings)
        made.settings["sources"][0]["kafka"] = source
        made.settings["responders"][0].update(topic=self.alerts, **(responder or {}))
        made.settings["dead_letter"] = {"kafka": {"topic": self.dead}}
        made.write_config()
        return made

    def produce(self, count):
        """Appends `count` records, to the partitions in turn."""
        lines = [f'{{"a":1,"n":{self.produced + i}{self.more}}}' for i in range(count)]
        for partition in range(self.partitions):
            self.lab.produce(self.events, partition, lines[partition::self.partitions])
        self.produced += count

    def told(self):
        """The alerts on the topic, by id."""
        return alerts_of(self.lab, self.alerts)[0]

    def told_count(self):
        """How many alerts are on the topic, those counted that came twice."""
        return sum(self.lab.watermarks(self.alerts, partition)[1] for partition in range(self.partitions))

    def expected(self):
        """An alert for each record, as a replay tells them."""
        alerts = replayed(self.broker.brokers, self.events, self.rules)
        expect(len(alerts) == self.produced, f"{len(alerts)} alerts replayed of {self.produced} records")
        return alerts

    def recover(self, daemon, since, what):
        """Waits until it is ready and through with what is there; in time, now that the cause is gone."""
        daemon.until(lambda: daemon.is_ready() and daemon.records() >= self.produced, f"well after {what}")
        daemon.until(lambda: daemon.metric("alarum_outbox_pending") == 0, "rid of its alerts")
        seconds = time.monotonic() - since
        print(f"{what}: well again {seconds:.1f} s after it was over", flush=True)
        expect(seconds <= recovery_max, f"{what}: it took {seconds:.1f} s to recover")

    def check(self, daemon, told_before=None):
        """Each record is told by one alert, `told_before` or on the topic now, and nothing is missed."""
        settle(daemon, self.produced)
        expect_same({**(told_before or {}), **self.told()}, self.expected())
        expect(not self.lab.consume(self.dead), "there are dead letters")
        expect(daemon.metric("alarum_gaps_total") == 0, "a gap is counted where nothing was lost")


def wait_for_reason(daemon, text, seconds=patience):
    """Waits until /readyz says 503 for a reason with `text` in it, and gives its answer."""
    daemon.until(lambda: daemon.get("/readyz")[0] == 503 and text in daemon.get("/readyz")[1],
                 f"unready because of '{text}'", seconds)
    return daemon.get("/readyz")[1]


def expect_still(daemon, seconds=2):
    """For a while nothing more is accounted for, and it stays unready; gives the records that are."""
    before = daemon.records()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        expect(daemon.get("/readyz")[0] == 503, f"it calls itself ready: {daemon.get('/readyz')}")
        time.sleep(0.1)
    expect(daemon.records() == before, f"records were accounted for: {before}, then {daemon.records()}")
    return before


def run(tests, *arguments):
    """Runs the tests, or those with a word of the command line in their names."""
    for test in tests:
        if sys.argv[1:] and not any(word in test.__name__ for word in sys.argv[1:]):
            continue
        began = time.monotonic()
        test(*arguments)
        print(f"{test.__name__}: {time.monotonic() - began:.1f} s", flush=True)
