"""Runs fuzzers, two at once, and prints what each did: executions and edges covered. A finding is a failure,
and so are too few executions: a fuzzer that stands still finds nothing.

Usage: run.py FOLDER_OF_FUZZERS [--only NAME] [--seconds N]
Without --seconds a fuzzer runs for 60 seconds if the sources it reaches changed since they were last fuzzed
for that long, and for 15 otherwise. What was fuzzed with --seconds 60 or more is written into fuzzed.txt,
which belongs into the commit of the change; what was fuzzed without is known to this machine alone.
"""

import argparse
import concurrent.futures
import fcntl
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
sys.path.insert(0, str(here.parent / "tidy"))
import tree  # noqa: E402

seconds_changed, seconds_known = 60, 15
executions_per_second_min = 100_000 / 60  # of processor, so that a busy machine fails nobody
floored = ("json", "yaml", "rule", "condition", "enforcer", "runner")  # the others do more for each execution
names = ("json", "yaml", "rule", "condition", "splitter", "state", "alert", "control_request", "playbook",
         "enforcer", "runner")
record = here / "fuzzed.txt"
head = """\
# What was fuzzed last by tests/fuzz/run.py --seconds N, and for how long: the fuzzer, a digest of the sources
# that it reaches, seconds, executions, edges covered.
"""


def reached(name):
    """The fuzzer's source and all of ours that it includes, with the sources of those headers, in order."""
    known, ahead = set(), [f"tests/fuzz/{name}_fuzzer.cc"]
    while ahead:
        path = ahead.pop()
        if path in known or not (root / path).is_file():
            continue
        known.add(path)
        included = [target.strip('"') for _, target in tree.includes(root, path) if target.startswith('"')]
        ahead += included + [target.removesuffix(".h") + ".cc" for target in included]
    return sorted(known)


def digest(name):
    """Of everything that decides what the fuzzer does."""
    out = hashlib.sha256()
    for path in reached(name):
        content = (root / path).read_bytes()
        out.update(f"{path} {len(content)}\0".encode() + content)
    return out.hexdigest()[:16]


def recorded():
    """The fields of each line of the record, by the fuzzer."""
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    return {line.split()[0]: line.split() for line in lines if line and not line.startswith("#")}


def stamp(name):
    """A file that is there when exactly these sources were fuzzed for long on this machine."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return cache / "alarum" / "fuzz" / f"{name}-{digest(name)}"


def is_known(name):
    return recorded().get(name, ["", ""])[1] == digest(name) or stamp(name).exists()


def write_down(lines):
    """Puts the lines of these fuzzers into the record, one process at a time."""
    folder = os.open(here, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    known = {**recorded(), **{line[0]: line for line in lines}}
    record.write_text(head + "".join(" ".join(known[name]) + "\n" for name in names if name in known),
                      encoding="utf-8")
    os.close(folder)


def call(command):
    """(exit code, stderr, seconds of processor) of a program."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime


def run(folder, name, seconds):
    """(sentence, line for the record or None) about one fuzzer; without a line it has failed."""
    length = seconds or (seconds_known if is_known(name) else seconds_changed)
    with tempfile.TemporaryDirectory() as scratch:
        code, said, processor = call(
            [folder / f"{name}_fuzzer", f"-max_total_time={length}", "-max_len=16384", "-timeout=10",
             "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={root}/build/fuzz-{name}-",
             scratch, here / "corpus" / name])
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    edges = re.findall(r"cov: (\d+)", said)
    if code != 0 or not executions or not edges:
        return f"{name}: finding\n{said[-6000:]}", None
    count = int(executions[1])
    sentence = (f"{name}: {count:,} executions in {length} s ({processor:.0f} s of processor), "
                f"{edges[-1]} edges covered, no finding")
    wanted = int(executions_per_second_min * processor) if name in floored else 0
    if count < wanted:
        return f"{sentence}, but fewer than {wanted:,} executions", None
    return sentence, [name, digest(name), str(length), str(count), edges[-1]]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--only", choices=names)
    arguments.add_argument("--seconds", type=int)
    options = arguments.parse_args()
    chosen = [options.only] if options.only else names
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        results = list(threads.map(lambda name: run(options.folder, name, options.seconds), chosen))
    long_ones = [line for _, line in results if line and int(line[2]) >= seconds_changed]
    if options.seconds and long_ones:
        write_down(long_ones)
    for line in [] if options.seconds else long_ones:
        stamp(line[0]).parent.mkdir(parents=True, exist_ok=True)
        stamp(line[0]).touch()
    print(*(sentence for sentence, _ in results), sep="\n")
    return 0 if all(line for _, line in results) else 1


if __name__ == "__main__":
    sys.exit(main())
