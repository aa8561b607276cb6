"""The reference evaluator costs what it cost: instructions over the first records of edr_mix, by callgrind.

More than 3 % above instructions.json is a failure; so is more than 10 % below: then the record is stale.
UPDATE_GOLDEN=1 writes what was counted.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import data  # noqa: E402

golden = pathlib.Path(__file__).with_name("instructions.json")
records = 300
above_max, below_max = 0.03, 0.10


def count(binary):
    corpus = data.folder() / "windows" / "bench" / "edr_mix.jsonl.zst"
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no",
         "--toggle-collect=*measured_pass*", binary, "sigma_reference", corpus, str(records),
         *data.sigmahq_rules()],
        capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"valgrind failed:\n{done.stderr}")
    return int(found[1])


def main():
    counted = count(sys.argv[1])
    if os.environ.get("UPDATE_GOLDEN") == "1":
        record = {"records": records, "instructions": counted}
        golden.write_text(json.dumps(record) + "\n", encoding="utf-8")
    expected = json.loads(golden.read_text(encoding="utf-8"))["instructions"]
    change = counted / expected - 1
    print(f"{counted:,} instructions for {records} records, "
          f"{100 * change:+.2f} % from the {expected:,} on record")
    if change > above_max:
        print("dearer than on record: find out why, or write the new count with UPDATE_GOLDEN=1 and say why")
    if change < -below_max:
        print("cheaper than on record: write the new count with UPDATE_GOLDEN=1")
    return 0 if -below_max <= change <= above_max else 1


if __name__ == "__main__":
    sys.exit(main())
