"""Brokers with TLS and passwords: what does not fit is said, nothing is read, and nothing is lost by it."""

import contextlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import broker as kafka
from alarumd import expect
from plain_line import PlainLine, expect_still, run

user, old_password, new_password = "alarum", "first-password", "second-password"
# Kafka 4 refuses what librdkafka before 2.6.1 says of itself in SCRAM (confluentinc/librdkafka#4895).
mechanism = "PLAIN" if kafka.version.startswith("4.") else "SCRAM-SHA-512"

listener = """\
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.client.auth=none
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
"""


def openssl(*arguments):
    if shutil.which("openssl") is None:
        kafka.skip("openssl is not installed")
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"openssl {arguments}: {done.stderr}")


class Authority:
    """An authority of our own: who trusts `certificate` trusts what it has issued."""

    def __init__(self, folder, name):
        self.folder = folder
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", f"/CN={name}",
                "-keyout", self.key, "-out", self.certificate)

    def issue(self, address):
        """Key and certificate of a broker at `address`, in one file."""
        key, request, made = (self.folder / f"broker.{kind}" for kind in ("key", "csr", "crt"))
        names = self.folder / "broker.ext"
        names.write_text(f"subjectAltName=IP:{address}\n", encoding="utf-8")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=broker",
                "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-days", 2, "-extfile", names, "-out", made)
        both = self.folder / "broker.pem"
        both.write_text(key.read_text(encoding="utf-8") + made.read_text(encoding="utf-8"), encoding="utf-8")
        return both


def change_password(broker):
    """From now on, or with PLAIN from the broker's next start on, the user has the new password."""
    if mechanism != "PLAIN":
        return broker.set_password(user, new_password)
    path = broker.folder / "server.properties"
    text = path.read_text(encoding="utf-8")
    return path.write_text(text.replace(old_password, new_password), encoding="utf-8")


def wait_for_cause(daemon, reason):
    """Waits until /readyz says for what reason the source has no connection, and gives its answer."""
    pattern = f"source 'kafka' has no connection: .*{reason}"
    daemon.until(lambda: re.search(pattern, daemon.get("/readyz")[1]), f"unready because of '{reason}'", 40)
    expect(daemon.get("/readyz")[0] == 503, "it calls itself ready")
    return daemon.get("/readyz")[1]


def expect_refused(line, daemon, reason):
    """It connects to nobody for `reason`, says so in /readyz and in its log, and reads nothing."""
    said = wait_for_cause(daemon, reason)
    daemon.until(lambda: reason in daemon.log(), f"saying '{reason}' in its log")
    expect(expect_still(daemon) == 0, "records were read over a connection that is not trusted")
    expect(not line.told(), "alerts were told")
    print(f"{line.name}: {said.strip()}", flush=True)


def test_wrong_certificate(broker, authority, stranger, scratch):
    """An authority that did not issue the broker's certificate; then a name that is not in it."""
    line = PlainLine(broker, scratch, "tls")
    line.produce(600)
    port = broker.secure["SSL"].split(":")[1]
    trusted = scratch / "trusted.pem"
    shutil.copy(stranger.certificate, trusted)
    properties = {"security.protocol": "SSL", "ssl.ca.location": str(trusted), "broker.address.family": "v4"}
    daemon = line.daemon(broker.secure["SSL"], kafka={"properties": properties})
    with contextlib.ExitStack() as stack:
        stack.callback(daemon.kill)
        daemon.start(wait=False)
        expect_refused(line, daemon, "certificate verify failed")
        expect(daemon.stop()[0] == 0, "it does not end")

        shutil.copy(authority.certificate, trusted)
        daemon.settings["sources"][0]["kafka"]["brokers"] = [f"localhost:{port}"]
        daemon.write_config()
        daemon.start(wait=False)
        expect_refused(line, daemon, "certificate verify failed")
        expect(daemon.stop()[0] == 0, "it does not end")

        daemon.settings["sources"][0]["kafka"]["brokers"] = [broker.secure["SSL"]]
        daemon.write_config()
        since = time.monotonic()
        daemon.start()
        line.recover(daemon, since, "certificate of an unknown authority")
        line.check(daemon)


def test_password_changed_while_running(broker, authority, _, scratch):
    line = PlainLine(broker, scratch, "password")
    line.produce(600)
    password = scratch / "password-file"
    password.write_text(old_password + "\n", encoding="utf-8")
    properties = {"security.protocol": "SASL_SSL", "ssl.ca.location": str(authority.certificate),
                  "sasl.mechanism": mechanism, "sasl.username": user}
    daemon = line.daemon(broker.secure["SASL_SSL"], kafka={
        "properties": properties, "properties_files": {"sasl.password": str(password)}})
    with daemon:
        daemon.until(lambda: daemon.records() == 600, "reading")
        change_password(broker)
        line.produce(300)
        daemon.until(lambda: daemon.records() == 900, "reading on over the connections that it has")
        broker.kill()
        broker.start()
        line.produce(600)
        said = wait_for_cause(daemon, "SASL authentication error")
        daemon.until(lambda: "SASL authentication error" in daemon.log(), "saying so in its log")
        expect(expect_still(daemon) == 900, "records were read with a password that is not valid any more")
        print(f"{mechanism}: {said.strip()}", flush=True)

        password.write_text(new_password + "\n", encoding="utf-8")
        daemon.reload()
        daemon.until(lambda: "takes a restart" in daemon.log(), "saying that a reload does not do")
        expect_still(daemon)
        for secret in (old_password, new_password):
            expect(secret not in daemon.log(), "a password is in the log")
        since = time.monotonic()
        expect(daemon.stop()[0] == 0, "it does not end")
        daemon.start()
        line.recover(daemon, since, "password changed")
        line.check(daemon)


def main():
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        authority, stranger = (Authority(scratch, name) for name in ("authority", "stranger"))
        extra = listener.format(keystore=authority.issue("127.0.0.1"), user=user, password=old_password)
        scram_users = {} if mechanism == "PLAIN" else {user: old_password}
        with kafka.Broker(extra, ("SSL", "SASL_SSL"), scram_users) as broker:
            run((test_wrong_certificate, test_password_changed_while_running),
                broker, authority, stranger, scratch)


if __name__ == "__main__":
    sys.exit(main())
