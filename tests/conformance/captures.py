"""All of SigmaHQ over the 73 Windows captures: matches per capture and rule equal expected_matches.csv."""

import collections
import concurrent.futures
import csv
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import data  # noqa: E402
import replay  # noqa: E402

captures_expected = 73


def read_expected(path):
    expected = collections.defaultdict(dict)
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            expected[row["capture"]][row["rule_id"]] = int(row["count"])
    return expected


def main():
    windows = data.folder() / "windows"
    rules = data.sigmahq_rules()
    expected = read_expected(windows / "expected_matches.csv")
    captures = sorted((windows / "captures").iterdir())
    problems = []
    if len(captures) != captures_expected:
        problems.append(f"{len(captures)} captures instead of {captures_expected}")
    pairs = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        counts = threads.map(lambda path: replay.summary(rules, [path]), captures)
        for capture, found in zip(captures, counts):
            name = capture.name.split(".")[0]
            wanted = expected.pop(name, {})
            pairs += len(wanted)
            problems += [f"{name}: {line}" for line in replay.differences(wanted, found)]
    problems += [f"{name}: no such capture" for name in expected]
    print(*problems, sep="\n")
    print(f"{len(captures)} captures, {pairs} pairs of capture and rule, {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
