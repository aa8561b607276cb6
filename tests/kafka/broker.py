"""A real Kafka broker for tests: one node, KRaft, on loopback, with ports and a folder of its own.

The jars are Maven's (pom.xml), kept in ~/.cache/alarum/kafka-VERSION. Where Java, Maven or the jars are not
to be had, the test is skipped, or fails where ALARUM_REQUIRE_ALL=1 says that nothing may be.
"""

import base64
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

skipped = 77  # the exit status that ctest takes for a skipped test
version = os.environ.get("ALARUM_KAFKA_VERSION") or "3.9.2"
here = pathlib.Path(__file__).resolve().parent
copy_dependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"

properties = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{secure}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{secure}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
# How soon a broker that was killed gets its partitions back: 4.5 s instead of 12.
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
# Records of tests have times of long ago: half a minute after its start the broker would delete them.
log.retention.ms=-1
# How soon the files of a deleted topic go.
file.delete.delay.ms=100
"""


def skip(reason):
    """Ends this test as skipped, or as failed where nothing may be."""
    print(f"SKIPPED: no Kafka {version} to test with: {reason}")
    sys.exit(1 if os.environ.get("ALARUM_REQUIRE_ALL") == "1" else skipped)


def jars():
    """The folder of the broker's jars; fetched the first time."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "alarum"
    folder = cache / f"kafka-{version}"
    if folder.is_dir():
        return folder
    if shutil.which("mvn") is None:
        skip(f"mvn is not installed, and {folder} is not there")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        made = pathlib.Path(scratch) / "jars"
        command = ["mvn", "-q", "-B", "-f", here / "pom.xml", f"-Dkafka.version={version}", copy_dependencies,
                   "-DincludeScope=runtime", f"-DoutputDirectory={made}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            skip("Maven cannot get it: " + (done.stdout + done.stderr)[-500:])
        try:
            made.rename(folder)  # whole or not at all, whoever else is fetching
        except OSError:
            if not folder.is_dir():
                raise
    return folder


def free_port():
    """A port that nobody listens on at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Lab:
    """alarum-kafka-lab: topics and records without Kafka's own tools."""

    def __init__(self, brokers):
        self.binary = os.environ["ALARUM_KAFKA_LAB"]
        self.brokers = brokers

    def __call__(self, *arguments, text=None, status=0):
        """What the lab prints; another exit status than expected is an error."""
        done = subprocess.run([self.binary, self.brokers, *map(str, arguments)], input=text,
                              capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != status:
            raise AssertionError(f"alarum-kafka-lab {arguments}: {done.returncode}\n{done.stderr}")
        return done.stdout

    def create(self, topic, partitions=1, **settings):
        options = [f"{name.replace('_', '.')}={value}" for name, value in settings.items()]
        self("create", topic, partitions, *options)

    def produce(self, topic, partition, values):
        """Appends `values` to one partition."""
        self("produce", topic, partition, text="".join(value + "\n" for value in values))

    def stream(self, topic):
        """A process that appends what is written to it: lines of `PARTITION VALUE`; an empty line asks it to
        wait until they are delivered, and to say how many there are."""
        return subprocess.Popen([self.binary, self.brokers, "stream", topic], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)

    def consume(self, topic):
        """Every record as (partition, offset, key, value)."""
        lines = (line.split("\t", 3) for line in self("consume", topic).splitlines())
        return [(int(partition), int(offset), key, value) for partition, offset, key, value in lines]

    def watermarks(self, topic, partition):
        """The first offset that is there, and the one after the last."""
        return tuple(map(int, self("watermarks", topic, partition).split()))


class Broker:
    """One broker. `with` starts it, and ends it with everything it kept.

    `brokers` is the address for everybody. `secure` names protocols (SSL, SASL_SSL) that have a listener of
    their own besides, which `extra` describes and whose addresses the dictionary of that name has later.
    `users` are the names and passwords that SCRAM-SHA-512 knows.
    """

    def __init__(self, extra="", secure=(), users=None):
        if shutil.which("java") is None:
            skip("java is not installed")
        self.jars = jars()
        self.extra = extra
        self.protocols = secure
        self.users = users or {}
        self.process = None

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="alarum-kafka-")
        self.folder = pathlib.Path(self.scratch.name)
        self.port, controller = free_port(), free_port()
        self.brokers = f"127.0.0.1:{self.port}"
        self.lab = Lab(self.brokers)
        self.secure = {protocol: f"127.0.0.1:{free_port()}" for protocol in self.protocols}
        listeners = "".join(f",{protocol}://{address}" for protocol, address in self.secure.items())
        text = properties.format(port=self.port, controller=controller, folder=self.folder, secure=listeners)
        (self.folder / "server.properties").write_text(text + self.extra, encoding="utf-8")
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self.java("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", "server.properties")
        self.start()
        for user, password in self.users.items():
            self.set_password(user, password)
        return self

    def __exit__(self, *_):
        self.kill()
        self.scratch.cleanup()

    @classmethod
    def serve(cls, test_class):
        """Starts a broker for all tests of a class: its `broker` and `lab`."""
        test_class.broker = cls()
        test_class.broker.__enter__()
        test_class.addClassCleanup(test_class.broker.__exit__)
        test_class.lab = test_class.broker.lab

    def command(self, *arguments):
        return ["java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{self.jars}/*", *arguments]

    def java(self, *arguments):
        done = subprocess.run(self.command(*arguments), cwd=self.folder, capture_output=True, text=True,
                              check=False, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.stdout}{done.stderr}")

    def start(self):
        """Starts it on the folder it has, and waits until it answers."""
        with open(self.folder / "broker.log", "ab") as log:
            self.process = subprocess.Popen(self.command("kafka.Kafka", "server.properties"),
                                            cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            done = subprocess.run([self.lab.binary, self.brokers, "ping"], capture_output=True, check=False)
            if done.returncode == 0:
                return
        text = (self.folder / "broker.log").read_text(encoding="utf-8", errors="replace")
        raise AssertionError("the broker does not answer: " + text[-3000:])

    def set_password(self, user, password):
        """Connections that are there stay; who connects from now on needs the new password."""
        self.java("kafka.admin.ConfigCommand", "--bootstrap-server", self.brokers, "--alter",
                  "--entity-type", "users", "--entity-name", user,
                  "--add-config", f"SCRAM-SHA-512=[password={password}]")

    def kill(self):
        """kill -9: nothing is flushed or said."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
