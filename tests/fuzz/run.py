"""Runs fuzzers, two at once, and prints what each did: executions and edges covered. A finding is a failure,
and so are too few executions: a fuzzer that stands still finds nothing.

Usage: run.py FOLDER_OF_FUZZERS [--only NAME] [--seconds N]
Without --seconds a fuzzer runs for 60 seconds if the sources it reaches changed since they were last fuzzed
here for that long, and for 15 otherwise.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
seconds_changed, seconds_known = 60, 15
executions_per_second_min = 100_000 / 60  # of processor, so that a busy machine fails nobody
floored = ("json", "yaml", "rule", "condition")  # the others write and read more for each execution
sources = {
    "json": ("daemon/event", "daemon/base"),
    "yaml": ("config", "daemon/base"),
    "rule": ("daemon/sigma", "config", "daemon/base"),
    "condition": ("daemon/sigma",),
    "splitter": ("daemon/files",),
    "state": ("daemon/pipeline", "daemon/stream"),
}


def stamp(name):
    """A file that is there when exactly these sources were fuzzed for long."""
    digest = hashlib.sha256((here / f"{name}_fuzzer.cc").read_bytes())
    for folder in sources[name]:
        for path in sorted((root / folder).glob("*.[hc]*")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return cache / "alarum" / "fuzz" / f"{name}-{digest.hexdigest()[:16]}"


def call(command):
    """(exit code, stderr, seconds of processor) of a program."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return process.returncode, said.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime


def run(folder, name, seconds):
    """(sentence, sound) about one fuzzer."""
    mark = stamp(name)
    length = seconds or (seconds_known if mark.exists() else seconds_changed)
    with tempfile.TemporaryDirectory() as scratch:
        code, said, processor = call(
            [folder / f"{name}_fuzzer", f"-max_total_time={length}", "-max_len=16384", "-timeout=10",
             "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={root}/build/fuzz-{name}-",
             scratch, here / "corpus" / name])
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    edges = re.findall(r"cov: (\d+)", said)
    if code != 0 or not executions or not edges:
        return f"{name}: finding\n{said[-6000:]}", False
    count = int(executions[1])
    sentence = (f"{name}: {count:,} executions in {length} s ({processor:.0f} s of processor), "
                f"{edges[-1]} edges covered, no finding")
    wanted = int(executions_per_second_min * processor) if name in floored else 0
    if count < wanted:
        return f"{sentence}, but fewer than {wanted:,} executions", False
    if length >= seconds_changed:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    return sentence, True


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--only", choices=sources)
    arguments.add_argument("--seconds", type=int)
    options = arguments.parse_args()
    names = [options.only] if options.only else list(sources)
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        results = list(threads.map(lambda name: run(options.folder, name, options.seconds), names))
    print(*(sentence for sentence, _ in results), sep="\n")
    return 0 if all(sound for _, sound in results) else 1


if __name__ == "__main__":
    sys.exit(main())
