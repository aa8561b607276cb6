"""An alarumd for tests: its own folder, ports and state; started, killed, asked how it is."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import broker as kafka

patience = 90  # seconds for what takes a fraction of that on an idle machine


class Alarumd:
    """One daemon on the state in `folder`. `with` starts it and ends it for good."""

    def __init__(self, folder, brokers, rules, topics=("events",), environment=None, **settings):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.http = kafka.free_port()
        self.environment = environment or {}
        self.process = None
        self.settings = {
            "sources": [{"name": "kafka", "log_source": "windows",
                         "kafka": {"brokers": [brokers], "topics": list(topics)}}],
            "responders": [{"name": "alerts", "kind": "kafka", "topic": "alerts"}],
            "dead_letter": {"kafka": {"topic": "dead"}},
            "rules": {"paths": [str(path) for path in rules]},
            "state": {"path": str(self.folder / "state"), "commit_interval": "50ms"},
            "ledger": {"path": str(self.folder / "ledger.db")},
            "http": {"listen": f"127.0.0.1:{self.http}"},
            "control": {"socket": str(self.folder / "control.sock")},
        }
        for section, values in settings.items():
            if isinstance(values, dict):
                self.settings.setdefault(section, {}).update(values)
            else:
                self.settings[section] = values
        self.write_config()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def write_config(self):
        # JSON is YAML. Whole or not at all, as a reload may read it at any time.
        made = self.folder / "alarum.yaml.new"
        made.write_text(json.dumps(self.settings), encoding="utf-8")
        made.replace(self.folder / "alarum.yaml")

    def start(self, wait=True):
        with open(self.folder / "alarumd.log", "ab") as log:
            self.process = subprocess.Popen(
                [os.environ["ALARUM_DAEMON"], "--config", self.folder / "alarum.yaml"],
                env={**os.environ, **self.environment}, stdout=log, stderr=log)
        if wait:
            self.until(self.is_ready, "ready")

    def kill(self):
        """kill -9: nothing is written or said."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self):
        """SIGTERM; the exit code, and how many seconds it took."""
        before = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=patience), time.monotonic() - before

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def get(self, path):
        """(status, body) of a GET; (0, reason) where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def is_ready(self):
        return self.get("/readyz")[0] == 200

    def metric(self, name, **labels):
        """The sum of all series of `name` with these labels; 0 where there is none."""
        total = 0.0
        for line in self.get("/metrics")[1].splitlines():
            match = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
            if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
                total += float(match[2])
        return total

    def records(self):
        """How many records are accounted for by commits."""
        return int(self.metric("alarum_records_total"))

    def until(self, condition, what, seconds=patience):
        """Waits until `condition()` holds; with the log, when it never does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"alarumd is never {what} (exit code {self.process.poll()}; /readyz says "
                             f"{self.get('/readyz')}):\n{self.log()[-3000:]}")

    def log(self):
        return (self.folder / "alarumd.log").read_text(encoding="utf-8", errors="replace")


def capture_lines(root, count):
    """At least `count` events of real captures, in the order of their files."""
    lines = []
    for path in sorted((root / "windows" / "captures").glob("*.jsonl.zst")):
        done = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True)
        lines += done.stdout.decode(errors="replace").splitlines()
        if len(lines) >= count:
            return lines[:count]
    raise AssertionError("the captures have too few events")


def expect(condition, what):
    """An assertion that says what was expected."""
    if not condition:
        raise AssertionError(what)


def alerts_of(lab, topic="alerts"):
    """Every alert on the topic by id; the same id has to say the same each time."""
    found = {}
    repeats = 0
    for _, _, key, value in lab.consume(topic):
        alert = json.loads(value)
        expect(alert["alert_id"] == key, f"the key {key} is not the id of its alert: {value}")
        repeats += key in found
        expect(found.setdefault(key, value) == value, f"told in other words the second time: {value}")
    return {key: json.loads(value) for key, value in found.items()}, repeats


def place_of(alert):
    """(rule, topic, partition, offset) of a signature's alert."""
    evidence = alert["evidence"][0]
    return alert["rule"]["id"], evidence["topic"], evidence["partition"], evidence["offset"]


def replayed(brokers, topic, rules, name="kafka"):
    """What a replay of the whole topic says, by id."""
    command = [os.environ["ALARUM_BINARY"], "replay", "--quiet", "--source",
               f"kafka://{brokers}/{topic}?name={name}", "--rules", *map(str, rules)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"replay ended with {done.returncode}: {done.stderr[-2000:]}")
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    return {alert["alert_id"]: alert for alert in alerts}


def expect_same(told, expected):
    """The alerts that were told are the expected ones, by their places, ids and words."""
    expect(sorted(map(place_of, told.values())) == sorted(map(place_of, expected.values())),
           f"{len(told)} alerts told, {len(expected)} expected")
    expect(told.keys() == expected.keys(), "the same alerts have other ids")
    for key, alert in told.items():
        alert = {name: value for name, value in alert.items() if name != "detected_at"}
        expect(alert == expected[key], f"a replay says {expected[key]} where the daemon said {alert}")


def settle(daemon, produced, dead_letters=0):
    """Waits until all is read and told; over an end and a new start its totals stay what they have to be."""
    daemon.until(lambda: daemon.records() >= produced, "through with the topic")
    daemon.until(lambda: daemon.metric("alarum_outbox_pending") == 0, "rid of its alerts")
    code, seconds = daemon.stop()
    expect(code == 0, f"SIGTERM ends with {code}: {daemon.log()[-2000:]}")
    expect(seconds < 10, f"SIGTERM took {seconds:.1f} s")
    daemon.start()
    expect(daemon.metric("alarum_records_total", outcome="evaluated") == produced - dead_letters,
           "records evaluated are not those produced")
    expect(daemon.metric("alarum_records_total", outcome="dead_letter") == dead_letters,
           "dead letters that should not be")


def check_exact(daemon, broker, rules, produced, dead_letters):
    """Everything that was produced is accounted for, and told as a replay tells it."""
    settle(daemon, produced, dead_letters)
    told, repeats = alerts_of(broker.lab)
    expect_same(told, replayed(broker.brokers, "events", rules))
    return len(told), repeats
