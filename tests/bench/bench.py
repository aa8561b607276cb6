"""The figures of ./dev bench: each row over each corpus, in a fresh process, compared with json_walk.

Usage: bench.py BENCH_BINARY [NAME] [--json FILE]
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import data  # noqa: E402

rows = ("json_walk", "decode", "sigma_reference", "sigma_all")
corpora = ("apt29_shape", "edr_mix")
all_records = str(1 << 60)


def measure(binary, row, corpus):
    path = data.folder() / "windows" / "bench" / f"{corpus}.jsonl.zst"
    done = subprocess.run([binary, row, path, all_records, *data.sigmahq_rules()],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("name", nargs="?", choices=rows)
    arguments.add_argument("--json", metavar="FILE")
    options = arguments.parse_args()
    wanted = [row for row in rows if options.name in (None, row) or row == "json_walk"]

    results = []
    print(f"{'corpus':<12} {'row':<16} {'events/s':>12} {'MB/s':>8} {'seconds':>8} {'of json_walk':>13}")
    for corpus in corpora:
        yardstick = None
        for row in wanted:
            figures = measure(options.binary, row, corpus)
            per_second = figures["events"] / figures["seconds"]
            yardstick = yardstick or per_second
            results.append({"name": row, "corpus": corpus, "events": figures["events"],
                            "bytes": figures["bytes"], "seconds": figures["seconds"],
                            "events_per_second": round(per_second, 1),
                            "ratio_to_json_walk": round(per_second / yardstick, 5),
                            "rules": figures["rules"]})
            megabytes = figures["bytes"] / figures["seconds"] / 1e6
            print(f"{corpus:<12} {row:<16} {per_second:>12,.0f} {megabytes:>8.1f} {figures['seconds']:>8.3f} "
                  f"{100 * per_second / yardstick:>11.2f} %", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
