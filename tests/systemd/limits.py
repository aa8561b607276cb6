"""What limits the services: what systemd holds, what the kernel says, and what who has their place may do."""

import platform
import re

from alarumd import expect
from machine import runner, services, states

cap_net_admin = 1 << 12
common = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
          "PrivateDevices": "yes", "DevicePolicy": "closed", "MemoryDenyWriteExecute": "yes",
          "RestrictNamespaces": "yes", "RestrictRealtime": "yes", "LockPersonality": "yes", "UMask": "0077",
          "SystemCallArchitectures": "native", "Restart": "on-failure", "WatchdogUSec": "30s"}
# User, capabilities, and some of what systemd holds besides.
limits = {
    "alarumd": ("alarum", 0, {"ProtectProc": "invisible", "LimitNOFILE": "65536", "OOMPolicy": "stop"}),
    "alarum-enforcer": ("alarum-enforcer", cap_net_admin,
                        {"ProtectProc": "invisible", "MemoryMax": str(512 << 20), "TasksMax": "16"}),
    runner: ("isolate-host", 0, {"PrivateNetwork": "yes", "MemoryMax": str(512 << 20), "TasksMax": "128"}),
}

# What any user may do, and who is in the place of a service may not: commands of a shell.
mmap = {"x86_64": 9, "aarch64": 222}[platform.machine()]
forbidden = {
    "a user namespace": "unshare --user true",
    "another personality": "setarch --addr-no-randomize true",
    "a file that lends its user": "touch /tmp/lent && chmod u+s /tmp/lent",
    "what others have in /tmp": "test -e /tmp/of-others",
    "homes": "ls /home",
    "figures of the kernel": "cat /proc/meminfo",
    "memory to write and to run": f"perl -e 'exit(syscall({mmap}, 0, 4096, 7, 0x22, -1, 0) == -1)'",
}
processes = {"processes of others": "test -e /proc/1"}
netlink = {"to ask the kernel by netlink": "perl -e 'socket(my $s, 16, 3, 0) or exit 1'"}
internet = {"a network socket": "perl -e 'socket(my $s, 2, 2, 0) or exit 1'"}
forbidden_besides = {"alarumd": processes | netlink, "alarum-enforcer": processes | internet,
                     runner: netlink | internet}


def check_limits(machine):
    """systemd holds the limits, and the kernel enforces them on the processes that run."""
    for service in services:
        wanted = common | limits[service][2]
        found = machine.show(f"{service}.service", *wanted)
        expect(found == wanted, f"{service}: {found}")
        check_process(machine, service)
        check_files(machine, service)
        also = "".join(f", {name}" for name in check_control_group(machine, service))
        print(f"{service}: user, capabilities, filters, mounts{also}", flush=True)


def process_status(machine, number):
    lines = machine.run("cat", f"/proc/{number}/status").splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def check_process(machine, service):
    user, capabilities, _ = limits[service]
    number = machine.main_process(f"{service}.service")
    found = process_status(machine, number)
    uid = machine.run("id", "-u", user).strip()
    expect(found["Uid"].split() == [uid] * 4, f"{service} runs as {found['Uid']}")
    for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        expect(int(found[name], 16) == capabilities, f"{name} of {service} is {found[name]}")
    for name, value in (("NoNewPrivs", "1"), ("Seccomp", "2"), ("Umask", "0077")):
        expect(found[name] == value, f"{name} of {service} is {found[name]}")
    above = int(process_status(machine, 1)["Seccomp_filters"])  # of the container
    expect(int(found["Seccomp_filters"]) > above, f"{service} has no filter of its own for system calls")
    networks = [machine.run("readlink", f"/proc/{process}/ns/net") for process in (1, number)]
    expect((networks[0] != networks[1]) == (service == runner), f"{service} has the wrong network")


def check_files(machine, service):
    number = machine.main_process(f"{service}.service")
    mounts = (line.split() for line in machine.run("cat", f"/proc/{number}/mounts").splitlines())
    options = {words[1]: words[3].split(",") for words in mounts}  # the last one lies on top
    expect("ro" in options["/"], f"{service} may write anywhere")
    expect("rw" in options[states[service]], f"{service} cannot write its state: {options}")


def check_control_group(machine, service):
    """Memory and tasks, where this machine lets a container limit them; which of both that is."""
    group = machine.show(f"{service}.service", "ControlGroup")["ControlGroup"]
    checked = []
    for file, name in (("memory.max", "MemoryMax"), ("pids.max", "TasksMax")):
        done = machine.ask("cat", f"/sys/fs/cgroup{group}/{file}")
        if name in limits[service][2] and done.returncode == 0:
            expect(done.stdout.strip() == limits[service][2][name], f"{file} of {service} is {done.stdout}")
            checked.append(name)
    return checked


def check_forbidden(machine):
    """Whoever takes over a process may not even do what everybody else may."""
    machine.run("touch", "/tmp/of-others")
    for service in services:
        attempts = forbidden | forbidden_besides[service]
        write_probe(machine, attempts)
        others = machine.run("sh", "/opt/probe", user="stranger").splitlines()
        expect(others == [*attempts, "end"], f"others may only: {others}")
        found = in_place_of(machine, service)
        expect(found == ["end"], f"in the place of {service}: {found}")
        print(f"{service}: {len(attempts)} things that others may do are refused", flush=True)


def write_probe(machine, attempts):
    """A script that prints the names of the attempts that succeed."""
    machine.write("/opt/probe", "".join(f'if ({command}) >/dev/null 2>&1; then echo "{name}"; fi\n'
                                        for name, command in attempts.items()) + "echo end\n")


def in_place_of(machine, service):
    """What the script prints where it runs in the place of the program, by its unit."""
    unit = machine.run("systemctl", "cat", f"{service}.service").replace("%i", "isolate-host")
    unit = re.sub(r"(?m)^(Exec(Start|Reload)|Restart|Watchdog|Type)\w*=.*\n", "", unit)
    machine.write("/opt/probe.service", unit + "[Service]\nType=oneshot\nExecStart=/bin/sh /opt/probe\n"
                                               "StandardOutput=truncate:/opt/probed\n")
    machine.run("cp", "/opt/probe.service", "/run/systemd/system/alarum-probe.service")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", "alarum-probe")
    return machine.run("cat", "/opt/probed").splitlines()
