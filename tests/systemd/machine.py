"""A container in which alarum is installed as the documentation says, and what its web server sees."""

import contextlib
import datetime
import json
import os
import re
import subprocess
import time
import urllib.request

from broker import Lab
from container import Container

attacker, friend, second = "10.77.0.2", "10.77.0.3", "10.77.0.4"
runner = "alarum-runner@isolate-host"
services = ("alarumd", "alarum-enforcer", runner)
states = {"alarumd": "/var/lib/alarum", "alarum-enforcer": "/var/lib/alarum-enforcer",
          runner: "/var/lib/alarum-runner/isolate-host"}

rule = """\
title: Attack on a web server
id: 00000000-0000-4000-8000-0000000000aa
logsource: {category: webserver}
detection:
  selection: {cs-uri-query|contains: 'union select'}
  condition: selection
level: high
"""

# A member of the group, somebody whom nobody knows, and the user of a script.
people = """\
u analyst - "Somebody of the group"
m analyst alarum
u stranger - "Somebody else"
u isolate-host - "The user of a script"
"""

script = f"""\
#!/bin/sh
cd {states[runner]}
{{ id -un; cat; }} > "$ALARUM_ACTION_ID" && mv "$ALARUM_ACTION_ID" told
"""


# What docs/services.md gives alarumd besides.
more = """\
LoadCredential=webhook-secret:/root/webhook-secret
ReadWritePaths=/srv/alerts
IPAddressDeny=any
IPAddressAllow=localhost
"""


class DemoBroker:
    """A broker in memory on the loopback of a host, and what is written to it from there."""

    def __init__(self, host):
        self.host = host
        topics = ("--topic", "access:1", "--topic", "alerts:1")
        self.process = host.call(lambda: subprocess.Popen(
            [os.environ["ALARUM_DEMO_BROKER"], "--until-stdin-closes", *topics],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        self.brokers = self.process.stdout.readline().strip()

    def attack(self, *addresses):
        """What a web server writes about attacks from these addresses, now."""
        now = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        lines = [json.dumps({"@timestamp": now, "c-ip": address, "s-computername": f"web-{address}",
                             "cs-uri-query": "id=1 union select password"}) for address in addresses]
        self.host.call(lambda: Lab(self.brokers).produce("access", 0, lines))

    def close(self):
        self.process.kill()
        self.process.communicate()


def configuration(port):
    """What is in alarum.yaml; the broker has a name, which has to be looked up."""
    return {
        "sources": [{"name": "web", "log_source": {"category": "webserver"},
                     "kafka": {"brokers": [f"kafka.example:{port}"], "topics": ["access"]}}],
        "responders": [{"name": "alerts", "kind": "kafka", "topic": "alerts"},
                       {"name": "disk", "kind": "file", "path": "/srv/alerts/alerts.ndjson"},
                       {"name": "firewall", "kind": "nftables", "mode": "auto"},
                       {"name": "isolate-host", "kind": "run", "mode": "auto"},
                       {"name": "soc", "kind": "webhook", "url": "https://soc.example/alarum",
                        "secret_files": ["webhook-secret"]}],
        "playbooks": [{"name": "cut off", "when": {"level|gte": "high"},
                       "do": [{"responder": "firewall", "target": "source.ip", "for": "10m"},
                              {"responder": "isolate-host", "target": "source.ip"}]}],
        "guard_rails": {"canary": "0s"},
    }


class Machine(Container):
    """Alarum on a machine of its own, and how it is doing."""

    def install(self, build, broker):
        """As docs/operating.md, docs/services.md, docs/enforcer.md and docs/runner.md say."""
        subprocess.run([os.environ["CMAKE"], "--install", build], stdout=subprocess.DEVNULL, check=True,
                       env=dict(os.environ, DESTDIR=str(self.root)))
        self.write("/usr/lib/sysusers.d/people.conf", people)
        self.run("systemd-sysusers")
        self.run("systemctl", "daemon-reload")
        self.write("/etc/hosts", "127.0.0.1 localhost kafka.example\n")
        self.write("/etc/alarum/alarum.yaml", json.dumps(configuration(broker.brokers.rsplit(":", 1)[1])))
        self.write("/etc/alarum/rules/attack.yml", rule)
        self.write("/root/webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
        self.run("chmod", "0600", "/root/webhook-secret")  # alarumd gets it from systemd alone
        self.run("install", "-d", "-o", "alarum", "/srv/alerts")
        self.extend("alarumd", "/etc/override.conf", more)
        self.run("env", "CREDENTIALS_DIRECTORY=/root", "alarum", "config", "check")
        self.install_enforcer()
        self.install_runner()
        self.run("systemctl", "enable", "--now", "alarum-enforcer", f"{runner}.socket", "alarumd")
        self.until(self.is_ready, "alarumd is ready")

    def install_enforcer(self):
        policy = "/etc/alarum/enforcer.yaml"
        self.write(policy, f"never_block: [{friend}]\n")
        self.run("chown", "root:alarum-enforcer", policy)
        self.run("chmod", "0640", policy)
        self.run("alarum-enforcer", "--check")

    def install_runner(self):
        self.write("/root/isolate-host", script)
        self.run("install", "-D", "-o", "root", "-m", "0755", "/root/isolate-host",
                 "/usr/local/lib/alarum/isolate-host")
        policy = "/etc/alarum/runner/isolate-host.yaml"
        self.write(policy, "command: [/usr/local/lib/alarum/isolate-host]\n")
        self.run("chown", "root:isolate-host", policy)
        self.run("chmod", "0640", policy)
        self.run("alarum-runner", "--policy", policy, "--check")
        self.extend(runner, "/etc/override.conf", "User=isolate-host\nGroup=isolate-host\n")

    def extend(self, service, path, text):
        """Adds to the section [Service], as `systemctl edit` does; what is below /run goes with a reboot."""
        folder, name = path.rsplit("/", 1)
        folder += f"/systemd/system/{service}.service.d"
        self.run("mkdir", "-p", folder)
        self.run("tee", f"{folder}/{name}", text="[Service]\n" + text)
        self.run("systemctl", "daemon-reload")

    def is_ready(self):
        def ask():
            url = "http://127.0.0.1:9464/readyz"
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200
            return False

        return self.host.call(ask)

    def block(self, address):
        """Until when the enforcer says that it blocks this address, in seconds since 1970, or None."""
        for line in self.run("alarum-enforcer", "list").splitlines():
            if found := re.match(rf"{re.escape(address)} until=(\S+)", line):
                return datetime.datetime.fromisoformat(found[1].replace("Z", "+00:00")).timestamp()
        return None

    def kernel_block(self, address):
        """The same of the kernel."""
        done = self.ask("nft", "--json", "list", "set", "inet", "alarum", "b4")
        items = json.loads(done.stdout)["nftables"] if done.returncode == 0 else []
        for item in items:
            for element in item.get("set", {}).get("elem", []):
                if element["elem"]["val"] == address:
                    return time.time() + element["elem"]["expires"]
        return None

    def runner_status(self):
        line = self.run("alarum-runner", "--socket", "/run/alarum/runner-isolate-host.sock", "status")
        return dict(word.split("=", 1) for word in line.split() if "=" in word)
