"""A state that cannot be written: a full disk and a read-only one, while it runs and when it starts.

Intake stops, nothing is told that is not committed, /readyz says why; with space again it goes on by itself.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import broker as kafka
from alarumd import expect
from plain_line import PlainLine, expect_still, run, wait_for_reason

trouble = "state cannot be written, nothing is told meanwhile: "


def mount(*arguments):
    """mount(8), which takes root."""
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"SKIPPED: nothing can be mounted here, which takes root: {done.stderr.strip()}")
        sys.exit(1 if os.environ.get("ALARUM_REQUIRE_ALL") == "1" else kafka.skipped)


def unmount(folder):
    subprocess.run(["umount", "--lazy", folder], check=True)


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of its own at `folder`."""
    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "alarum-test", folder)
    try:
        yield folder
    finally:
        unmount(folder)


def fill(folder):
    """A file that takes all the space there is; without it there is space again."""
    path = folder / "filler"
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return path


def expect_stopped(line, daemon, error):
    """Nothing is committed any more, nothing beyond it is told, and /readyz says why."""
    wait_for_reason(daemon, trouble, 30)
    said = wait_for_reason(daemon, error, 30)
    committed = expect_still(daemon)
    expect(committed < line.produced, "everything was committed")
    told = line.told_count()
    expect(told <= committed, f"{told} alerts were told of {committed} records that are committed")
    expect("commit failed, trying again" in daemon.log(), "the log does not say it")
    print(f"{line.name}: {committed} of {line.produced} records committed, {told} told; /readyz says\n{said}",
          flush=True)


def test_disk_full(broker, scratch):
    line = PlainLine(broker, scratch, "full", fields=32)
    line.produce(60)
    with small_disk(line.folder / "state", "256m") as disk, line.daemon() as daemon:
        daemon.until(lambda: daemon.records() == 60, "reading")
        filler = fill(disk)
        line.produce(1400)
        expect_stopped(line, daemon, "No space left on device (it takes ")
        line.produce(90)
        filler.unlink()
        line.recover(daemon, time.monotonic(), "disk full")
        line.check(daemon)


def test_disk_read_only(broker, scratch):
    """Files that are open can be written on, as after a remount; none can be made."""
    line = PlainLine(broker, scratch, "read-only", fields=32)
    line.produce(60)
    with small_disk(line.folder / "state", "256m") as disk, line.daemon() as daemon:
        daemon.until(lambda: daemon.records() == 60, "reading")
        mount("--bind", disk, disk)
        mount("-o", "remount,ro,bind", disk)
        line.produce(1400)
        expect_stopped(line, daemon, "Read-only file system")
        line.produce(90)
        unmount(disk)
        line.recover(daemon, time.monotonic(), "read-only disk")
        line.check(daemon)


def expect_no_start(line, daemon, error):
    """It ends with 1 and says why; nothing is told. systemd would try again every second, and so do we."""
    for _ in range(3):
        daemon.start(wait=False)
        code = daemon.process.wait(timeout=60)
        expect(code == 1, f"it ends with {code}: {daemon.log()[-2000:]}")
    last = daemon.log().strip().splitlines()[-1]
    expect("cannot start" in last and error in last, f"the cause stays unsaid: {last}")
    expect(line.told_count() == 0, "alerts were told of a state that cannot be written")
    print(f"{line.name}: {last}", flush=True)


def test_disk_full_or_read_only_at_start(broker, scratch):
    line = PlainLine(broker, scratch, "start")
    with small_disk(line.folder / "state", "24m") as disk, contextlib.ExitStack() as stack:
        daemon = line.daemon()
        stack.callback(daemon.kill)
        filler = fill(disk)
        line.produce(600)
        expect_no_start(line, daemon, "No space left on device")
        filler.unlink()
        mount("-o", "remount,ro", disk)
        expect_no_start(line, daemon, "Read-only file system")
        mount("-o", "remount,rw", disk)
        since = time.monotonic()
        daemon.start()
        line.recover(daemon, since, "disk that could not be written at the start")
        told_before = line.told()

        daemon.kill()
        line.lab("delete", line.alerts)
        line.lab.create(line.alerts, 3)
        filler = fill(disk)
        line.produce(600)
        expect_no_start(line, daemon, "No space left on device")
        filler.unlink()
        since = time.monotonic()
        daemon.start()
        line.recover(daemon, since, "disk full at the next start")
        line.check(daemon, told_before)


def main():
    with tempfile.TemporaryDirectory() as folder, kafka.Broker() as broker:
        run((test_disk_full, test_disk_read_only, test_disk_full_or_read_only_at_start),
            broker, pathlib.Path(folder))


if __name__ == "__main__":
    sys.exit(main())
