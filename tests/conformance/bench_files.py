"""All of SigmaHQ over the two files that benchmarks use: matches per rule equal the list beside each."""

import csv
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import data  # noqa: E402
import replay  # noqa: E402


def main():
    folder = data.folder() / "windows" / "bench"
    rules = data.sigmahq_rules()
    problems = []
    for name in ("apt29_shape", "edr_mix"):
        with open(folder / f"{name}_matches.csv", encoding="utf-8", newline="") as file:
            expected = {row["id"]: int(row["count"]) for row in csv.DictReader(file)}
        found = replay.summary(rules, [folder / f"{name}.jsonl.zst"])
        problems += [f"{name}: {line}" for line in replay.differences(expected, found)]
        print(f"{name}: {len(expected)} rules, {sum(expected.values())} matches expected, "
              f"{sum(found.values())} found")
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
