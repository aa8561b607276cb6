"""The services as systemd runs them: installed into a small Debian that is booted in a container.

Their limits are read from systemd and from the kernel, and tried out by who has nothing but those. Under them
a record in a topic cuts a host off. What is killed, hangs or reboots comes back with what it knew.
"""

import contextlib
import json
import os
import pathlib
import time

from alarumd import expect
from container import expect_tools, tree, unshare_mounts
from limits import check_forbidden, check_limits
from machine import DemoBroker, Machine, attacker, friend, runner, second, services, states
from namespaces import Echo, two_hosts

build = pathlib.Path(os.environ["ALARUM_BUILD"])
programs = [build / "bin" / name for name in ("alarum", "alarumd", "alarum-enforcer", "alarum-runner")]


def same_time(one, other):
    """Give or take a second, what the kernel rounds, and how long it took to ask."""
    return one is not None and other is not None and abs(one - other) <= 3


def check_cut_off(machine, broker, echo):
    """From a record to a packet that is dropped, and a script that runs as who it should be."""
    machine.until(lambda: echo.reaches(attacker), "at first reached by the attacker")
    began = time.monotonic()
    broker.attack(attacker, friend)
    machine.until(lambda: not echo.reaches(attacker, 0.05), "cut off")
    print(f"cut off {(time.monotonic() - began) * 1000:.0f} ms after the record was written", flush=True)
    machine.until(lambda: echo.reaches(friend), "reached by who is protected")
    expect(same_time(machine.block(attacker), machine.kernel_block(attacker)),
           "the enforcer and the kernel do not mean the same time")

    machine.until(lambda: machine.ask("test", "-s", "/srv/alerts/alerts.ndjson").returncode == 0,
                  "written to a file outside of its state")
    who, event = machine.until(lambda: machine.ask("cat", f"{states[runner]}/told").stdout,
                               "ran the script").split("\n")
    expect(who == "isolate-host", f"the script runs as {who}")
    expect(json.loads(event)["target"]["value"] in (attacker, friend), f"the script was told {event}")


def check_people(machine):
    """Members of the group may ask how alarumd is, and others may not."""
    status = json.loads(machine.run("alarum", "--format", "json", "status", user="analyst"))
    expect(status["schema"] == "alarum.status/1", f"{status}")
    done = machine.ask("alarum", "status", user="stranger")
    expect(done.returncode == 4, f"a stranger was answered: {done.stdout}{done.stderr}")


def check_reload(machine, echo):
    """A reload reaches the process through its limits: who is protected by it is let go."""
    policy = f"never_block: [{friend}, {second}]\n"
    machine.write("/etc/alarum/enforcer.yaml", policy)
    machine.run("systemctl", "reload", *services)
    machine.until(lambda: echo.reaches(second), "let go by the policy")


def until_back(machine, service, before):
    """Waits until systemd started it again."""
    unit = f"{service}.service"

    def is_back():
        now = machine.show(unit, "ActiveState", "NRestarts")
        return now["ActiveState"] == "active" and int(now["NRestarts"]) > int(before["NRestarts"])

    machine.until(is_back, f"started {service} again")


def signal(machine, name, service):
    """Sends a signal to its process, and gives what systemd held of it before."""
    before = machine.show(f"{service}.service", "NRestarts", "MainPID")
    machine.run("sh", "-c", f"kill -{name} {before['MainPID']}")
    return before


def kill(machine, service, meanwhile=lambda: None):
    before = signal(machine, "KILL", service)
    began = time.monotonic()
    meanwhile()
    until_back(machine, service, before)
    print(f"{service}: killed, and back {time.monotonic() - began:.1f} s later", flush=True)


def check_kills(machine, broker, echo):
    """What is killed is started again, and knows what it knew."""
    until = machine.block(attacker)
    kill(machine, "alarum-enforcer", lambda: machine.run("nft", "delete", "table", "inet", "alarum"))
    expect(machine.block(attacker) == until, "the enforcer has another time than before it was killed")
    machine.until(lambda: same_time(machine.kernel_block(attacker), until), "in the kernel again")
    expect(not echo.reaches(attacker), "the attacker is back")

    remembered = machine.runner_status()["remembered"]
    expect(remembered != "0", "the runner remembers nothing")
    kill(machine, runner)
    expect(machine.runner_status()["remembered"] == remembered, "the runner forgot what it did")

    blocks = machine.run("alarum", "--format", "json", "block", "list")
    kill(machine, "alarumd")
    machine.until(machine.is_ready, "alarumd is ready again")
    expect(machine.run("alarum", "--format", "json", "block", "list") == blocks, "alarumd forgot its blocks")
    broker.attack(second)
    machine.until(lambda: not echo.reaches(second, 0.05), "cut off by the alarumd that was started again")


def check_hang(machine):
    """What says nothing any more is started again; sooner here than after the 30 seconds of the units."""
    for service in services:
        machine.extend(service, "/run/watchdog.conf", "WatchdogSec=3s\n")
    machine.run("systemctl", "restart", *(f"{service}.service" for service in services))
    before = {service: signal(machine, "STOP", service) for service in services}
    for service in services:
        until_back(machine, service, before[service])
        print(f"{service}: hung, and was started again", flush=True)


def check_reboot(machine, echo):
    """Everything comes up by itself, and who was blocked is so for what is left of the time."""
    until = machine.block(attacker)
    machine.ask("systemctl", "reboot")
    machine.until_down()
    machine.host.run("nft", "flush", "ruleset")  # as a new kernel begins
    machine.boot()
    machine.until(machine.is_ready, "alarumd is ready after a reboot")
    expect(same_time(machine.block(attacker), until), "the time left is another after a reboot")
    expect(same_time(machine.kernel_block(attacker), until), "not blocked after a reboot")
    expect(not echo.reaches(attacker), "the attacker is back after a reboot")
    failed = machine.run("systemctl", "--failed", "--no-legend", "--plain")
    expect(failed == "", f"failed at the start: {failed}")
    journal = machine.run("journalctl", "--boot", "--no-pager")
    expect("ordering cycle" not in journal, f"the units wait for each other:\n{journal}")


def check_panic(machine, echo):
    """Everybody is let go, also while alarumd is down."""
    machine.run("systemctl", "stop", "alarumd")
    machine.run("alarum", "panic")
    machine.until(lambda: echo.reaches(attacker), "reached by everybody after panic")
    expect(machine.kernel_block(attacker) is None, "the kernel still has a block")
    machine.run("alarum-enforcer", "arm")
    machine.run("systemctl", "stop", "alarum-enforcer.socket", "alarum-enforcer")
    machine.run("alarum-enforcer", "panic")  # by itself, where nobody answers


def main():
    expect_tools()
    base = tree(programs)
    unshare_mounts()
    with two_hosts() as hosts:
        echo = Echo(*hosts)
        with contextlib.closing(DemoBroker(hosts[0])) as broker, Machine(base, hosts[0]) as machine:
            machine.install(build, broker)
            check_cut_off(machine, broker, echo)
            check_limits(machine)
            check_people(machine)
            check_kills(machine, broker, echo)
            check_reload(machine, echo)
            check_hang(machine)
            check_forbidden(machine)
            check_reboot(machine, echo)
            check_panic(machine, echo)


if __name__ == "__main__":
    main()
