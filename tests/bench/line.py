"""The rows of ./dev bench line: what of the speed of a bare consumer reaches the end of the line.

One real broker, one topic, one reader after the other on the same cores: a bare consumer of librdkafka that
counts (line_consumer), our Kafka source without rules (line_source), and the whole daemon with all of
SigmaHQ's rules, alerts to a topic of that broker (line_all). Seconds run from the first record to the last,
of the daemon to the commit that holds it. The first two take a second or so, in which chance is large: each
is the best of three passes, in turns.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name) for name in ("kafka", "daemon")]
import data  # noqa: E402
from alarumd import Alarumd  # noqa: E402
from broker import Broker  # noqa: E402

rows = ("line_consumer", "line_source", "line_all")
corpus = "edr_mix"
partitions = 2
repeats = 2  # more than 200,000 events
topic = "events"


def fill(lab):
    """Puts the corpus on the topic, its events one after the other on each partition in turn."""
    path = data.folder() / "windows" / "bench" / f"{corpus}.jsonl.zst"
    done = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True)
    lines = done.stdout.decode().rstrip("\n").split("\n")
    for name in ("alerts", "dead"):
        lab.create(name)
    lab.create(topic, partitions)
    for partition in range(partitions):
        lab("produce", topic, partition, repeats, text="\n".join(lines[partition::partitions]))
    return len(lines) * repeats


def read(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout)


def source_status(daemon):
    """What the daemon says of its only source: much cheaper to ask for than all metrics."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(daemon.settings["control"]["socket"])
        control.sendall(b'{"command":"status"}\n')
        with control.makefile() as answer:
            return json.loads(answer.readline())["sources"][0]


def run_daemon(broker, events):
    """The daemon from the first commit with records in it to that with the last."""
    rules = data.sigmahq_rules()
    counted = []  # (when, how many records are accounted for)
    with tempfile.TemporaryDirectory(prefix="alarum-bench-") as folder, \
            Alarumd(folder, broker.brokers, rules, state={"commit_interval": "150ms"}) as daemon:

        def is_through():
            source = source_status(daemon)
            records = source["evaluated"] + source["dead_letters"]
            if records > 0:
                counted.append((time.monotonic(), records))
            return records == events

        daemon.until(is_through, "through with the topic", seconds=1800)
        size, loaded, alerts = (int(daemon.metric(f"alarum_{name}")) for name in
                                ("read_bytes_total", "rules_loaded", "alerts_total"))
    (begun, before), (ended, _) = counted[0], counted[-1]
    timed = events - before  # what was done before the first look is not; its bytes are taken in proportion
    return {"events": timed, "bytes": size * timed // events, "seconds": ended - begun, "rules": loaded,
            "alerts": alerts}


def measure(programs, broker, events):
    """The figures of every row, by its name."""
    bare = programs / "alarum-bench-line"
    commands = {"line_consumer": ("consumer", broker.brokers, topic),
                "line_source": ("source", broker.brokers, topic, len(os.sched_getaffinity(0)))}
    read(bare, *commands["line_consumer"])  # warms the broker up; nothing is made of it
    passes = [{row: read(bare, *words) for row, words in commands.items()} for _ in range(3)]
    for row in commands:
        yield row, min((one[row] for one in passes), key=lambda figures: figures["seconds"])
    yield "line_all", run_daemon(broker, events)


def results(programs):
    """One object a row, printed as they come."""
    os.environ["ALARUM_KAFKA_LAB"] = str(programs / "alarum-kafka-lab")
    os.environ["ALARUM_DAEMON"] = str(programs / "alarumd")
    print(f"{'corpus':<12} {'row':<16} {'events/s':>12} {'MB/s':>8} {'seconds':>8} {'of line_consumer':>17} "
          f"{'load':>6}")
    with Broker() as broker:
        events = fill(broker.lab)
        yardstick = None
        for row, figures in measure(programs, broker, events):
            per_second = figures["events"] / figures["seconds"]
            yardstick = yardstick or per_second
            megabytes = figures["bytes"] / figures["seconds"] / 1e6
            load = os.getloadavg()[0]
            yield {"name": row, "corpus": corpus, **figures, "events_per_second": round(per_second, 1),
                   "ratio_to_line_consumer": round(per_second / yardstick, 5), "load_average": round(load, 2)}
            print(f"{corpus:<12} {row:<16} {per_second:>12,.0f} {megabytes:>8.1f} {figures['seconds']:>8.3f} "
                  f"{100 * per_second / yardstick:>15.2f} % {load:>6.2f}", flush=True)
