"""A soak: alarumd on a real Kafka with steady records, kills and reloads, for as long as somebody wants.

Usage: soak.py FOLDER [SECONDS] [--kills N] [--seed N]
FOLDER holds the programs, most usefully those of a build with sanitizers. With --kills the kill loop of
crash_test.py runs instead, with N kills.

At the end every record is told exactly as a replay tells it, no sanitizer has found anything, and the
memory that the process holds (alarum_heap_bytes) has not grown after the third minute: the slope of the
least squares through its samples. What is resident is printed beside it, of which a sanitizer keeps more
and more for itself: pieces of its allocator that no longer fit, and the callers of each allocation. A kill
begins a new process, so kills end with the second minute; reloads go on.
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

import data
from alarumd import Alarumd, expect
from broker import Broker
from crash_test import Producer, capture_lines, check_exact, partitions, test_kills_while_records_come

slope_max = 1.0  # MiB a minute
warm_up = 180  # seconds; what is allocated until then is taken as lasting
kills_until = 120
kill_every = 20
reload_every = 5
sample_every = 1
say_every = 10
records_per_second = 600
findings = re.compile(r"ERROR: (Address|Leak|Thread)Sanitizer|runtime error:")


def use_programs(folder):
    """Lets the tests' helpers take the programs of `folder`."""
    for variable, name in {"ALARUM_BINARY": "alarum", "ALARUM_DAEMON": "alarumd",
                           "ALARUM_KAFKA_LAB": "alarum-kafka-lab"}.items():
        path = (folder / name).resolve()
        expect(path.is_file(), f"{path} is not there")
        os.environ[variable] = str(path)
    # What is freed stays in quarantine, and in one of its own for each thread: every reload has a new thread.
    os.environ.setdefault("ASAN_OPTIONS", "quarantine_size_mb=16:thread_local_quarantine_size_kb=16")
    os.environ.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")


def resident(process):
    """MiB of memory that the process has in use."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024


def slope(samples):
    """MiB a minute, by least squares over (seconds, MiB); nothing of less than a minute."""
    if len(samples) < 2 or samples[-1][0] - samples[0][0] < 60:
        return None
    time_mean = sum(at for at, _ in samples) / len(samples)
    size_mean = sum(size for _, size in samples) / len(samples)
    spread = sum((at - time_mean) ** 2 for at, _ in samples)
    return 60 * sum((at - time_mean) * (size - size_mean) for at, size in samples) / spread


def check_findings(daemon):
    found = findings.search(daemon.log())
    expect(found is None, "a sanitizer says:\n" + daemon.log()[found.start() if found else 0:][:5000])


class Soak:
    """What happens to one daemon while time passes."""

    def __init__(self, daemon, producer, rules, seconds, seed):
        self.daemon, self.producer, self.rules, self.seconds = daemon, producer, rules, seconds
        self.draw = random.Random(seed)
        self.kills = self.reloads = 0
        self.samples = []  # (seconds, MiB) from the third minute on

    def kill(self):
        self.daemon.kill()
        check_findings(self.daemon)
        self.daemon.start()
        self.kills += 1

    def reload(self):
        """The same rules from another folder: a plan that is made anew, and finds the same."""
        self.daemon.settings["rules"] = {"paths": [str(self.rules[self.reloads % len(self.rules)])]}
        self.daemon.write_config()
        self.daemon.reload()
        self.reloads += 1

    def pause(self, mean):
        return self.draw.uniform(0.5, 1.5) * mean

    def run(self):
        begin = said_at = time.monotonic()
        kill_at, reload_at = begin + self.pause(kill_every), begin + self.pause(reload_every)
        kills_end = begin + min(kills_until, self.seconds - kill_every / 2)
        while (now := time.monotonic()) < begin + self.seconds:
            expect(self.daemon.process.poll() is None, "alarumd ended:\n" + self.daemon.log()[-5000:])
            if kill_at <= now < kills_end:
                self.kill()
                kill_at = time.monotonic() + self.pause(kill_every)
            if now >= reload_at:
                self.reload()
                reload_at = now + self.pause(reload_every)
            if now >= begin + warm_up:
                self.samples.append((now - begin, self.held()))
            if now >= said_at:
                said_at = now + say_every
                self.say(now - begin)
            time.sleep(sample_every)
        self.say(self.seconds)

    def held(self):
        """MiB that the process has allocated and not freed."""
        found = self.daemon.metric("alarum_heap_bytes")
        expect(found > 0, "alarum_heap_bytes says nothing")
        return found / 2**20

    def say(self, since):
        print(f"{since:5.0f} s: {self.daemon.records()} of {self.producer.produced} records, "
              f"{self.kills} kills, {self.reloads} reloads, {self.held():.1f} MiB held, "
              f"{resident(self.daemon.process):.1f} resident", flush=True)


def check_memory(samples):
    found = slope(samples)
    if found is None:
        print("memory: no slope, since that takes a minute after the third")
        return
    print(f"memory held: {found:+.2f} MiB a minute after the third, over "
          f"{samples[-1][0] - samples[0][0]:.0f} s, from {samples[0][1]:.1f} to {samples[-1][1]:.1f} MiB")
    expect(found < slope_max, f"memory grows by {found:.2f} MiB a minute")


def soak(root, scratch, seconds, seed):
    original = root / "sigmahq" / "rules" / "windows" / "process_creation"
    rules = [shutil.copytree(original, scratch / name) for name in ("a", "b")]
    lines = capture_lines(root, 20_000)
    with Broker() as broker:
        for topic in ("events", "alerts", "dead"):
            broker.lab.create(topic, partitions)
        producer = Producer(broker.lab, lines, records_per_second)
        daemon = Alarumd(scratch / "soak", broker.brokers, rules[:1])
        with daemon:
            producer.start()
            try:
                run = Soak(daemon, producer, rules, seconds, seed)
                run.run()
            finally:
                producer.stop()
            reloaded = daemon.metric("alarum_config_reloads_total", outcome="done")
            run.reload()  # by this process at the latest
            daemon.until(lambda: daemon.metric("alarum_config_reloads_total", outcome="done") > reloaded,
                         "reloaded")
            expect(run.kills > 0 or seconds < 45, "nothing was killed")
            told, repeats = check_exact(daemon, broker, rules[:1], producer.produced, 0)
            expect(daemon.metric("alarum_config_reloads_total", outcome="failed") == 0, "a reload failed")
            code, _ = daemon.stop()  # by itself, so that leaks are looked for
            expect(code == 0, f"it ends with {code}: {daemon.log()[-5000:]}")
            expect("ended without waiting" not in daemon.log(), "leaks were not looked for")
            check_findings(daemon)
        print(f"{seconds:.0f} s (seed {seed}), {run.kills} kills, {run.reloads} reloads: "
              f"{producer.produced} records, {told} alerts, "
              f"{repeats} of them told again; exact, and no finding")
        check_memory(run.samples)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("seconds", type=float, nargs="?", default=60)
    arguments.add_argument("--kills", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    options = arguments.parse_args()
    use_programs(options.folder)
    root = data.folder()
    with tempfile.TemporaryDirectory() as scratch:
        if options.kills > 0:
            test_kills_while_records_come(root, pathlib.Path(scratch), options.kills, options.seed)
        else:
            soak(root, pathlib.Path(scratch), options.seconds, options.seed)


if __name__ == "__main__":
    sys.exit(main())
