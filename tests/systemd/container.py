"""A small Debian with systemd as its first process, booted by systemd-nspawn. It takes root.

The tree of files is made by mmdebstrap of what systemd and our programs depend on, and kept in
~/.cache/alarum/debian-KEY. A container writes into memory above it, and nothing of that stays.
"""

import contextlib
import ctypes
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile
import time

from namespaces import run, skip

clone_newns = 0x00020000
restart_wanted = 133  # how nspawn with --keep-unit ends when the machine in it reboots
patience = 60  # seconds for what takes one or two on an idle machine
libc = ctypes.CDLL(None, use_errno=True)
wanted = ("systemd-sysv", "nftables")
left_out = ("doc", "man", "locale", "info")
recipe = ("mmdebstrap", "--quiet", "--mode=root", "--variant=essential", "--format=directory",
          "--dpkgopt=force-unsafe-io", '--aptopt=Acquire::Retries "3"',
          *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in left_out))


def unshare_mounts():
    """What this process mounts from here on is seen by nobody else, and gone when it ends."""
    if libc.unshare(clone_newns) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    run("mount", "--make-rprivate", "/")
    # nspawn leaves folders there, unless it lies in memory.
    place = pathlib.Path("/run/systemd/nspawn")
    place.mkdir(parents=True, exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", place)


def expect_tools():
    if os.geteuid() != 0:
        skip("a container takes root")
    missing = [name for name in ("systemd-nspawn", "mmdebstrap", "nsenter") if shutil.which(name) is None]
    if missing:
        skip(f"{' and '.join(missing)} not installed")


def libraries(programs):
    """The packages of this machine whose libraries the programs load, as NAME=VERSION."""
    loaded = set(re.findall(r"=> (/\S+)", run("ldd", *programs)))
    # A package may name its file below /lib or below /usr/lib, which are the same folder.
    spellings = sorted({path.removeprefix("/usr") for path in loaded} |
                       {"/usr" + path.removeprefix("/usr") for path in loaded})
    found = subprocess.run(["dpkg-query", "--search", *spellings], capture_output=True, text=True,
                           check=False).stdout
    owners = {line.split(": ")[0] for line in found.splitlines() if not line.startswith("diversion")}
    return run("dpkg-query", "--show", "--showformat", "${Package}=${Version}\n", *sorted(owners)).split()


def sources():
    """The release of this machine, and where it gets Debian's packages from: lines of a sources.list."""
    system = platform.freedesktop_os_release()
    if system["ID"] != "debian":
        skip("this machine is no Debian, whose packages could be had")
    known = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN) deb $(SITE) $(RELEASE) main",
                            "Created-By: Packages"], capture_output=True, text=True, check=False).stdout
    lines = {line.removeprefix("Debian ") for line in known.splitlines() if line.startswith("Debian ")}
    return system["VERSION_CODENAME"], sorted(lines)


def make_tree(folder, packages, release, mirrors):
    """Makes the tree in `folder`; None where that works, and else why not."""
    names = ",".join((*wanted, *(package.split("=")[0] for package in packages)))
    done = subprocess.run([*recipe, f"--include={names}", release, folder, *mirrors], capture_output=True,
                          text=True, check=False)
    return None if done.returncode == 0 else (done.stdout + done.stderr)[-1000:]


def tree(programs):
    """The folder of the tree in which these programs run; made the first time."""
    packages = libraries(programs)
    release, mirrors = sources()
    made_of = "\n".join((*recipe, *wanted, release, *packages))
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "alarum"
    folder = cache / f"debian-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        made = pathlib.Path(scratch) / "tree"
        why_not = make_tree(made, packages, release, mirrors)
        if why_not:
            skip("mmdebstrap cannot make a Debian: " + why_not)
        try:
            made.rename(folder)  # whole or not at all, whoever else is making it
        except OSError:
            if not folder.is_dir():
                raise
    print(f"made a Debian in {time.monotonic() - began:.0f} s", flush=True)
    return folder


class ControlGroup:
    """A control group of its own below the one that this process is in: what is in it does not touch others'.

    systemd needs the second version of control groups, and keeps its books in the first where both are there.
    """

    def __init__(self):
        own = pathlib.Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
        paths = dict(line.split(":", 2)[1:] for line in own)  # "" is the second version
        mounts = (line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines())
        self.folders = []
        for _, place, kind, options, *_ in mounts:
            name = "" if kind == "cgroup2" else "name=systemd"
            if kind == "cgroup2" or (kind == "cgroup" and name in options.split(",")):
                folder = pathlib.Path(place + paths[name]) / f"alarum-{os.getpid()}"
                folder.mkdir(exist_ok=True)
                self.folders.append(folder)

    def enter(self):
        """Moves the process that calls it."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text("0", encoding="ascii")

    def remove(self):
        """Waits until all processes in it have ended, who were told to."""
        end = time.monotonic() + patience
        for folder in self.folders:
            inner = (found for found in folder.rglob("*") if found.is_dir())
            for group in (*sorted(inner, reverse=True), folder):
                while time.monotonic() < end:
                    with contextlib.suppress(OSError):
                        group.rmdir()
                        break
                    time.sleep(0.02)


class Container:
    """One machine, whose network is that of `host`. `with` boots it, and takes its power away at the end."""

    def __init__(self, base, host):
        self.base = base
        self.host = host
        self.process = None
        self.first = None  # the number of its first process, as this machine counts

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="alarum-container-")
        folder = pathlib.Path(self.scratch.name)
        self.log = folder / "log"
        self.written = folder / "written"
        self.root = folder / "root"
        self.written.mkdir()
        self.root.mkdir()
        run("mount", "-t", "tmpfs", "tmpfs", self.written)
        for name in ("files", "work"):
            (self.written / name).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={self.base},upperdir={self.written}/files,"
            f"workdir={self.written}/work", self.root)
        self.group = ControlGroup()
        try:
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.group.remove()
        run("umount", "--recursive", "--lazy", self.root)
        run("umount", "--lazy", self.written)
        self.scratch.cleanup()

    def boot(self):
        # --keep-unit and --register=no: the machine that we run on need not have systemd as its first
        # process. Control groups are as Debian 12 has them, whatever this machine boots with.
        # Whatever ends, a process namespace around it takes all of it along.
        command = ["setpriv", "--pdeathsig=KILL", "unshare", "--pid", "--fork", "--kill-child=KILL",
                   "--mount-proc", "systemd-nspawn", "--quiet", "--register=no", "--keep-unit",
                   f"--directory={self.root}", f"--network-namespace-path=/run/netns/{self.host.name}",
                   "--capability=CAP_NET_ADMIN", "--console=pipe", "--machine=alarum-test", "--boot"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=self.group.enter,
                                            env=dict(os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1"))
        self.first = None
        self.until(self.is_booted, "booted")

    def until_down(self):
        """Waits until it has shut down; nspawn leaves it to others to boot it again."""
        self.process.wait(patience)
        if self.process.returncode != restart_wanted:
            raise AssertionError(f"no reboot, but {self.process.returncode}: {self.said()}")

    def said(self):
        """The end of what it wrote to its console."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def is_booted(self):
        self.first = self.first or self.find_first()
        if self.first is None:
            return False
        return self.ask("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def find_first(self):
        """The first process of the container is the one below nspawn that is, or will be, systemd."""
        found = [self.process.pid]
        for number in found:  # which grows
            with contextlib.suppress(OSError):
                status = pathlib.Path(f"/proc/{number}/status").read_text(encoding="utf-8")
                if re.search(r"(?m)^Name:\tsystemd$", status) and re.search(r"(?m)^NSpid:.*\t1$", status):
                    return number
                children = pathlib.Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii")
                found += map(int, children.split())
        return None

    def command(self, *words, user=None):
        """How a command is run in there, as root or as a user with the groups it has."""
        become = ("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--") if user else ()
        inside = ("nsenter", f"--target={self.first}", "--mount", "--uts", "--ipc", "--net", "--pid",
                  "--cgroup", "--root", "--wd=/", "--")
        return [*inside, *become, *map(str, words)]

    def ask(self, *words, user=None, text=None):
        """Runs a command in there, whatever comes of it."""
        return subprocess.run(self.command(*words, user=user), input=text, capture_output=True, text=True,
                              check=False, timeout=patience)

    def run(self, *words, user=None, text=None):
        """What a command prints that has to succeed."""
        done = self.ask(*words, user=user, text=text)
        if done.returncode != 0:
            what = " ".join(map(str, words))
            raise AssertionError(f"{what}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def write(self, path, text):
        (self.root / path.lstrip("/")).write_text(text, encoding="utf-8")

    def show(self, unit, *names):
        """What systemd holds of a unit."""
        lines = self.run("systemctl", "show", *(f"--property={name}" for name in names), unit).splitlines()
        return dict(line.split("=", 1) for line in lines)

    def main_process(self, unit):
        """Its number in there; 0 while it does not run."""
        return int(self.show(unit, "MainPID")["MainPID"])

    def until(self, condition, what):
        """What `condition` gives, once it gives something; with the journal, when it never does."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self.process.poll() is None:
            if found := condition():
                return found
            time.sleep(0.05)
        journal = self.ask("journalctl", "--no-pager", "--lines=80").stdout if self.first else ""
        raise AssertionError(f"in vain after {patience} s: {what}\n{self.said()}\n{journal}")
