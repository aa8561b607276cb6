"""What alarumd says is exact, whatever dies in between.

Real events, all SigmaHQ rules, three partitions: the alerts on the topic equal those of a replay of the same
topic, ids included, though the daemon is killed while it reads; and again while records are produced all the
time.
"""

import argparse
import pathlib
import random
import sys
import tempfile
import threading
import time

import data
from alarumd import Alarumd, capture_lines, check_exact, expect
from broker import Broker

partitions = 3
events_min = 30_000


def produce_until(lab, lines, begin, share):
    """Appends the lines from `begin` to this share of them, in turn to the partitions; where that ended."""
    end = round(share * len(lines))
    for partition in range(partitions):
        first = begin + (partition - begin) % partitions
        lab.produce("events", partition, lines[first:end:partitions])
    return end


def test_kills_in_the_middle(root, scratch):
    rules = data.sigmahq_rules()
    lines = capture_lines(root, events_min)
    with Broker() as broker:
        for topic in ("events", "alerts", "dead"):
            broker.lab.create(topic, partitions)
        daemon = Alarumd(scratch / "middle", broker.brokers, rules)
        with daemon:
            produced = in_the_middle = 0
            for share in (0.12, 0.35, 0.6):
                produced = produce_until(broker.lab, lines, produced, share + 0.25)
                daemon.until(lambda share=share: daemon.records() >= share * len(lines), f"at {share:.0%}")
                committed = daemon.records()
                daemon.kill()
                in_the_middle += committed < produced
                print(f"killed with {committed} of {produced} records committed")
                daemon.start()
            # A machine may pause this test and not the daemon, which has read everything then.
            expect(in_the_middle > 0, "the daemon was killed with everything read, three times")
            produce_until(broker.lab, lines, produced, 1)
            told, repeats = check_exact(daemon, broker, rules, len(lines), 0)
            print(f"{told} alerts, {repeats} of them told again")


class Producer(threading.Thread):
    """Appends lines to the partitions in turn until it is stopped; `per_second` at most.

    `produced` counts what the broker has acknowledged.
    """

    def __init__(self, lab, lines, per_second):
        super().__init__()
        self.lab, self.lines, self.per_second = lab, lines, per_second
        self.stopped = threading.Event()
        self.produced = 0
        self.failure = None

    def run(self):
        try:
            self.produce()
        except (OSError, ValueError) as error:
            self.failure = error

    def produce(self):
        pause = 0.05
        count = int(self.per_second * pause)
        with self.lab.stream("events") as client:
            while not self.stopped.wait(pause):
                numbers = range(self.produced, self.produced + count)
                chunk = (f"{n % partitions} {self.lines[n % len(self.lines)]}\n" for n in numbers)
                client.stdin.write("".join(chunk) + "\n")
                client.stdin.flush()
                self.produced = int(client.stdout.readline())

    def stop(self):
        self.stopped.set()
        self.join()
        expect(self.failure is None, f"the producer failed: {self.failure}")
        expect(self.produced > 0, "nothing was produced")


def test_kills_while_records_come(root, scratch, kills, seed):
    draw = random.Random(seed)
    rules = [root / "sigmahq" / "rules" / "windows" / "process_creation"]
    lines = capture_lines(root, events_min)
    with Broker() as broker:
        for topic in ("events", "alerts", "dead"):
            broker.lab.create(topic, partitions)
        producer = Producer(broker.lab, lines, 6000)
        daemon = Alarumd(scratch / "steady", broker.brokers, rules, state={"commit_interval": "2s"})
        with daemon:
            producer.start()
            behind = 0
            for number in range(kills):
                time.sleep(draw.uniform(0.05, 2.5))
                produced = producer.produced
                daemon.kill()
                daemon.start(wait=False)
                daemon.until(lambda: daemon.get("/metrics")[0] == 200, "answering")
                behind += daemon.records() < produced  # as the state was found: commits come later
                daemon.until(daemon.is_ready, "ready")
            producer.stop()
            told, repeats = check_exact(daemon, broker, rules, producer.produced, 0)
            expect(behind >= kills * 25 // 30, f"only {behind} of {kills} kills left uncommitted records")
            expect(not broker.lab.consume("dead"), "a kill from outside made dead letters")
            print(f"{kills} kills (seed {seed}), {behind} with uncommitted records; "
                  f"{producer.produced} records, {told} alerts, {repeats} of them told again")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=30)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    options = arguments.parse_args()
    root = data.folder()
    with tempfile.TemporaryDirectory() as scratch:
        test_kills_in_the_middle(root, pathlib.Path(scratch))
        test_kills_while_records_come(root, pathlib.Path(scratch), options.kills, options.seed)


if __name__ == "__main__":
    sys.exit(main())
