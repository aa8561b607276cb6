"""How many workers there are, and how often they commit, changes nothing of what is told."""

import pathlib
import sys
import tempfile

import data
from alarumd import Alarumd, alerts_of, capture_lines, expect, expect_same, replayed
from broker import Broker

rule = """\
title: Much Of It
id: 00000000-0000-4000-8000-000000000002
logsource: {product: windows}
detection:
  selection: {EventID: [1, 5, 7, 10, 11, 12, 13, 4624, 4658, 4688, 4690]}
  condition: selection
level: low
"""

partitions = 5
events = 6000

# workers, how often is committed, after how many records at the latest
ways = (
    (1, "150ms", 20_000),
    (1, "2s", 100),
    (2, "10ms", 1),
    (4, "10ms", 7),
    (4, "500ms", 20_000),
)


def main():
    root = data.folder()
    rules = [root / "sigmahq" / "rules" / "windows" / "process_creation"]
    lines = capture_lines(root, events)
    with Broker() as broker, tempfile.TemporaryDirectory() as scratch:
        rules.append(pathlib.Path(scratch) / "much.yml")
        rules[-1].write_text(rule, encoding="utf-8")
        broker.lab.create("events", partitions)
        broker.lab.create("dead")
        for partition in range(partitions):
            broker.lab.produce("events", partition, lines[partition::partitions])
        expected = replayed(broker.brokers, "events", rules)
        expect(len(expected) > events / 10, f"only {len(expected)} alerts to compare")
        for workers, interval, records in ways:
            name = f"{workers}-{interval}-{records}"
            broker.lab.create(name)
            daemon = Alarumd(pathlib.Path(scratch) / name, broker.brokers, rules, workers=workers,
                             state={"commit_interval": interval, "commit_records_max": records},
                             responders=[{"name": "alerts", "kind": "kafka", "topic": name}])
            with daemon:
                daemon.until(lambda: daemon.records() == len(lines), "through with the topic")
                expect(daemon.stop()[0] == 0, "it does not end")
            told, repeats = alerts_of(broker.lab, name)
            expect_same(told, expected)
            print(f"{workers} workers, commits every {interval} or {records} records: {len(told)} alerts, as "
                  f"replayed; {repeats} told again", flush=True)


if __name__ == "__main__":
    sys.exit(main())
