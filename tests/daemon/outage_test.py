"""Brokers and topics that go away and come back, and a crash before anything was committed.

Nothing is lost or told under another id; after the cause is gone the daemon is well again within 30 seconds.
"""

import pathlib
import signal
import sys
import tempfile
import time

from alarumd import expect, expect_same, settle
from broker import Broker
from plain_line import PlainLine, expect_still, run, wait_for_reason


def die(daemon, fault):
    """Lets the daemon be killed at `fault`; it is left disarmed."""
    expect(daemon.process.wait(timeout=60) == -signal.SIGKILL, f"'{fault}' did not end it")
    daemon.environment = {}


def test_start_latest_with_a_crash_before_the_first_commit(broker, scratch):
    """`latest` is decided by the commit that precedes the first record: what comes after it is read."""
    for name, fault, counts in (("uncommitted", "before_commit=kill@1", False),
                                ("committed", "after_commit=kill@1", True)):
        line = PlainLine(broker, scratch, f"latest-{name}")
        line.produce(60)
        daemon = line.daemon(kafka={"start": "latest"})
        daemon.environment = {"ALARUM_FAULT": fault}
        daemon.start(wait=False)
        die(daemon, fault)
        line.produce(90)
        with daemon:
            line.produce(30)
            check_tail(line, daemon, 120 if counts else 30)


def test_start_latest_with_a_crash_before_the_first_records_are_committed(broker, scratch):
    line = PlainLine(broker, scratch, "latest-read")
    line.produce(60)
    daemon = line.daemon(kafka={"start": "latest"})
    fault = "before_commit=kill@2"
    daemon.environment = {"ALARUM_FAULT": fault}
    daemon.start()
    line.produce(90)
    die(daemon, fault)
    expect(not line.told(), "alerts left that were not committed")
    with daemon:
        line.produce(30)
        check_tail(line, daemon, 120)


def check_tail(line, daemon, count):
    """The last `count` records of the topic were told, and none before them."""
    settle(daemon, count)
    begin = (line.produced - count) // line.partitions  # the same in each partition
    expected = {key: alert for key, alert in line.expected().items()
                if alert["evidence"][0]["offset"] >= begin}
    expect(len(expected) == count, "the test has miscounted")
    expect_same(line.told(), expected)
    print(f"{line.name}: {count} of {line.produced} records are to be told, and are", flush=True)


def test_broker_killed(broker, scratch):
    line = PlainLine(broker, scratch, "killed")
    line.produce(12_000)
    # Small commits, and little that was fetched before: so there is a middle to be killed in.
    little = {"queued.max.messages.kbytes": "16", "fetch.message.max.bytes": "4096"}
    with line.daemon(state={"commit_records_max": 50}, kafka={"properties": little}) as daemon:
        daemon.until(lambda: daemon.records() >= 1000, "reading")
        broker.kill()
        wait_for_reason(daemon, "has no connection")
        read = daemon.records()
        expect(read < line.produced, "it was through before the broker died")
        broker.start()
        line.recover(daemon, time.monotonic(), f"broker killed with {read} of {line.produced} records read")

        line.produce(300)
        broker.kill()
        died = time.monotonic()
        wait_for_reason(daemon, "has no connection")
        time.sleep(max(0.0, died + 30 - time.monotonic()))
        expect_still(daemon, 1)
        broker.start()
        since = time.monotonic()
        line.produce(300)
        line.recover(daemon, since, "broker gone for 30 s")
        line.check(daemon)


small_outbox = {"outbox_max": 500, "commit_records_max": 100}
# On top comes what two workers read until they hear of it: twice a commit's worth and a poll's, each.
pending_max = 500 + 2 * 2 * (100 + 500)


def expect_full(line, daemon, cause):
    """The outbox has grown to its bound, intake waits, and it is said why."""
    wait_for_reason(daemon, "the outbox is full, intake waits")
    wait_for_reason(daemon, "warning: sink 'alerts' does not deliver: ")
    said = wait_for_reason(daemon, cause)
    read = expect_still(daemon)
    pending = daemon.metric("alarum_outbox_pending")
    expect(500 <= pending <= pending_max, f"{pending} entries wait where 500 may")
    expect(read < line.produced, "everything was read: intake did not wait")
    print(f"outbox full: {int(pending)} entries, {read} of {line.produced} records read; /readyz says", said,
          sep="\n", flush=True)


def test_alert_topic_deleted(broker, scratch):
    line = PlainLine(broker, scratch, "no-topic")
    line.produce(300)
    with line.daemon(workers=2, state=small_outbox) as daemon:
        daemon.until(lambda: daemon.records() == 300, "reading")
        daemon.until(lambda: daemon.metric("alarum_outbox_pending") == 0, "telling")
        told_before = line.told()
        line.lab("delete", line.alerts)
        line.produce(6000)
        expect_full(line, daemon, f"there is no topic '{line.alerts}'")
        daemon.kill()
        daemon.start(wait=False)
        expect_full(line, daemon, f"there is no topic '{line.alerts}'")
        line.lab.create(line.alerts, 3)
        line.recover(daemon, time.monotonic(), "alert topic deleted")
        line.check(daemon, told_before)


def test_broker_of_the_alerts_killed(broker, scratch):
    line = PlainLine(broker, scratch, "other-broker")
    with Broker() as other:
        other.lab.create(line.alerts, 3)
        with line.daemon(workers=2, state=small_outbox, responder={"brokers": [other.brokers]}) as daemon:
            line.produce(300)
            daemon.until(lambda: daemon.records() == 300, "reading")
            other.kill()
            line.produce(6000)
            expect_full(line, daemon, "Connection refused")

            # While intake waits the source asks how far the topic has grown; nobody answers that now.
            broker.process.send_signal(signal.SIGSTOP)
            said = wait_for_reason(daemon, "source 'kafka' ", 20)
            print(f"broker frozen; /readyz says\n{said}", flush=True)
            broker.process.send_signal(signal.SIGCONT)
            daemon.until(lambda: "source 'kafka'" not in daemon.get("/readyz")[1], "connected again", 30)
            other.start()
            line.recover(daemon, time.monotonic(), "broker of the alerts killed")
            line.lab = other.lab
            told = line.told()
            line.lab = broker.lab
            line.check(daemon, told)


tests = (
    test_start_latest_with_a_crash_before_the_first_commit,
    test_start_latest_with_a_crash_before_the_first_records_are_committed,
    test_broker_killed,
    test_alert_topic_deleted,
    test_broker_of_the_alerts_killed,
)


def main():
    with tempfile.TemporaryDirectory() as folder, Broker() as broker:
        run(tests, broker, pathlib.Path(folder))


if __name__ == "__main__":
    sys.exit(main())
