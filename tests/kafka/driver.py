"""The Kafka source, run through its seam by alarum-kafka-source-driver."""

import os
import queue
import subprocess
import threading
import time


def run(brokers, *properties):
    """A run that ends by itself, because its settings are wrong."""
    command = [os.environ["ALARUM_KAFKA_SOURCE_DRIVER"], brokers, "t", "earliest", *properties]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


class Driver:
    """One run of the source. What it says is collected by kind; `positions` go from one run to the next."""

    def __init__(self, brokers, topics="t", start="earliest", positions=(), properties=()):
        self.process = subprocess.Popen(
            [os.environ["ALARUM_KAFKA_SOURCE_DRIVER"], brokers, topics, start, *properties],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.lines = queue.Queue()
        self.said = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        for position in positions:
            self.tell("position " + position)
        self.tell("go")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdin.close()
        self.process.stdout.close()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def of(self, kind):
        """What was said of this kind so far, without the word for it."""
        return [line.split(" ", 1)[1] for line in self.said if line.startswith(kind + " ")]

    def until(self, condition, wait=30):
        """Listens until `condition()` holds."""
        deadline = time.monotonic() + wait
        while not condition():
            left = deadline - time.monotonic()
            try:
                line = self.lines.get(timeout=max(0.0, left))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError("it does not come to this; it said:\n" + "\n".join(self.said[-40:]))
            self.said.append(line)

    def until_records(self, count, wait=30):
        self.until(lambda: len(self.of("record")) >= count, wait)

    def health(self, condition=lambda words: True, wait=30):
        """(connected, lag, trouble) once `condition` holds for it."""
        deadline = time.monotonic() + wait
        while True:
            before = len(self.of("health"))
            self.tell("health")
            self.until(lambda: len(self.of("health")) > before)
            connected, lag, trouble = self.of("health")[-1].split(" ", 2)
            words = (connected == "1", int(lag), trouble)
            if condition(words):
                return words
            if time.monotonic() > deadline:
                raise AssertionError(f"the last health was {words}")

    def stop(self):
        """Ends it, and gives its positions."""
        self.tell("stop")
        self.process.wait(timeout=30)
        while (line := self.lines.get()) is not None:
            self.said.append(line)
        self.lines.put(None)
        return self.of("position")
