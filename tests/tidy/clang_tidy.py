"""Runs clang-tidy over our sources, so that `ctest` is the whole gate.

Usage: clang_tidy.py BUILD_DIR [--stamps DIR] [--idle] [--deep]

clang-tidy takes seconds per file, so a file that was clean is not looked at again until something it depends
on changes: the settings, clang-tidy itself, how the file is compiled, its content, or a header of ours that
it includes, directly or not. All of that is hashed (paths relative to the clone, so that clones share), and a
clean file leaves an empty stamp of that name. System and library headers are not hashed: an upgrade of those
alone goes unnoticed until the file changes. Stamps that nobody asked for in a month are deleted.

With --idle it works only while nobody else wants a processor: behind tests, which mostly wait. Whoever runs
it again afterwards finds the stamps. With --deep the analyzer looks, too, which takes longer than all else.
"""
import argparse
import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree

TOOL = "clang-tidy-14"
ANALYZER = "clang-analyzer-core.*,clang-analyzer-cplusplus.*,clang-analyzer-deadcode.*"  # besides the others
FOLDERS = ("daemon/", "detectors/", "responders/", "config/")
AT_ONCE = 2
STAMP_AGE_MAX = 30 * 24 * 3600  # seconds
FINDING = re.compile(r"^(\S+?):(\d+):\d+: (?:error|warning): (.*)$", re.MULTILINE)
ROOT = Path(__file__).resolve().parents[2]


def commands(build):
    """Path in the clone → compile command without the clone's own path, for every source of ours."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = (Path(entry["directory"]) / entry["file"]).resolve()
        path = str(source.relative_to(ROOT)) if source.is_relative_to(ROOT) else ""
        if path.startswith(FOLDERS) and path.endswith(".cc"):
            command = entry.get("command") or " ".join(entry["arguments"])
            found[path] = command.replace(str(build), "BUILD").replace(str(ROOT), "ROOT")
    return found


def dependencies(path):
    """The file and every file of ours that it includes, directly or not, in order of their names."""
    known, ahead = set(), [path]
    while ahead:
        path = ahead.pop()
        if path not in known and (ROOT / path).is_file():
            known.add(path)
            ahead += [target.strip('"') for _, target in tree.includes(ROOT, path) if target.startswith('"')]
    return sorted(known)


def stamp_name(path, command, settings):
    """SHA-256 over all that decides what clang-tidy says about `path`."""
    digest = hashlib.sha256()
    for part in [settings, command.encode()] + [
            part for name in dependencies(path) for part in (name.encode(), (ROOT / name).read_bytes())]:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def check(build, checks, path, stamp):
    """Findings of one file as `path:line: message`. Leaves the stamp when there are none.

    clang-tidy finds .clang-tidy by itself, above each file; with --config-file it would hold system headers
    to our names as well, only to throw those findings away.
    """
    run = subprocess.run([TOOL, "--quiet", f"--checks={checks}", "-p", str(build),
                          "--extra-arg=-Wno-unknown-warning-option", str(ROOT / path)],
                         capture_output=True, text=True, check=False)
    findings = [f"{name.removeprefix(str(ROOT) + '/')}:{line}: {message}"
                for name, line, message in FINDING.findall(run.stdout)]
    if run.returncode != 0 and not findings:
        findings = [f"{path}:1: {TOOL} failed: {(run.stdout + run.stderr).strip()[-500:]}"]
    if not findings:
        stamp.touch()
    return findings


def give_way():
    """From now on this process and those it starts run only while nobody else wants to."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    # Linux shares processors out between sessions first, so this is one of its own, which gets the least.
    with contextlib.suppress(OSError):
        os.setsid()
        Path("/proc/self/autogroup").write_text("19")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("build", type=Path)
    arguments.add_argument("--stamps", type=Path, default=Path.home() / ".cache/alarum/clang-tidy")
    arguments.add_argument("--idle", action="store_true")
    arguments.add_argument("--deep", action="store_true")
    options = arguments.parse_args()
    if options.idle:
        give_way()
    build, stamps = options.build.resolve(), options.stamps
    stamps.mkdir(parents=True, exist_ok=True)
    checks = ANALYZER if options.deep else ""
    version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    settings = version + (ROOT / ".clang-tidy").read_bytes() + checks.encode()

    changed, unchanged = [], 0
    for path, command in sorted(commands(build).items()):
        stamp = stamps / stamp_name(path, command, settings)
        if stamp.exists():
            stamp.touch()
            unchanged += 1
        else:
            changed.append((path, stamp))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(lambda work: check(build, checks, *work), changed)
        findings = sorted({finding for result in results for finding in result})  # headers come up often

    for stamp in stamps.iterdir():
        if time.time() - stamp.stat().st_mtime > STAMP_AGE_MAX:
            stamp.unlink(missing_ok=True)
    for finding in findings:
        print(finding)
    print(f"{len(changed)} files checked, {unchanged} unchanged, {len(findings)} findings")
    if not changed and not unchanged:
        print(f"{build}/compile_commands.json names no file of ours")
    return 1 if findings or not (changed or unchanged) else 0


if __name__ == "__main__":
    sys.exit(main())
