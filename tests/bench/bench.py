"""The figures of ./dev bench: each row over each corpus, in a fresh process, compared with json_walk; and by
its name `line`, what reading from Kafka costs (line.py).

Usage: bench.py BENCH_BINARY [NAME] [--json FILE]

Exit code 1 when a row is below its floor.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import data  # noqa: E402
import line  # noqa: E402

rows = ("json_walk", "decode", "sigma_reference", "sigma_all")
corpora = ("apt29_shape", "edr_mix")
all_records = str(1 << 60)
# Events per second of processor time that a row has to reach on any corpus, so that a busy machine fails
# nobody. The reference may be slow, but not so slow that nobody can check against it.
floors = {"sigma_reference": 3000}


def measure(binary, row, corpus):
    path = data.folder() / "windows" / "bench" / f"{corpus}.jsonl.zst"
    done = subprocess.run([binary, row, path, all_records, *data.sigmahq_rules()],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout)


def results(binary, wanted):
    """One object a row and corpus, printed as they come."""
    print(f"{'corpus':<12} {'row':<16} {'events/s':>12} {'MB/s':>8} {'seconds':>8} {'of json_walk':>13}")
    for corpus in corpora:
        yardstick = None
        for row in wanted:
            figures = measure(binary, row, corpus)
            per_second = figures["events"] / figures["seconds"]
            yardstick = yardstick or per_second
            yield {"name": row, "corpus": corpus, "events": figures["events"], "bytes": figures["bytes"],
                   "seconds": figures["seconds"], "processor_seconds": figures["processor_seconds"],
                   "events_per_second": round(per_second, 1),
                   "ratio_to_json_walk": round(per_second / yardstick, 5), "rules": figures["rules"]}
            megabytes = figures["bytes"] / figures["seconds"] / 1e6
            print(f"{corpus:<12} {row:<16} {per_second:>12,.0f} {megabytes:>8.1f} {figures['seconds']:>8.3f} "
                  f"{100 * per_second / yardstick:>11.2f} %", flush=True)


def too_slow(figures):
    """Rows below their floor, as sentences."""
    speeds = [(row["name"], row["corpus"], row["events"] / row["processor_seconds"])
              for row in figures if row["name"] in floors]
    return [f"{name} over {corpus}: {speed:,.0f} events per processor second, and not {floors[name]:,}"
            for name, corpus, speed in speeds if speed < floors[name]]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("name", nargs="?", choices=(*rows, "line"))
    arguments.add_argument("--json", metavar="FILE")
    options = arguments.parse_args()
    if options.name == "line":
        figures = list(line.results(pathlib.Path(options.binary).resolve().parent))
    else:
        wanted = [row for row in rows if options.name in (None, row) or row == "json_walk"]
        figures = list(results(options.binary, wanted))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    slow = too_slow(figures)
    for sentence in slow:
        print(sentence, file=sys.stderr)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
