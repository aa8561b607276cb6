"""SigmaHQ's regression data: each file fires its rule, as often as its info.yml says where it says so.

Files that match more often than their info.yml says stand in regression_differences.json, each with the
values of the event and the line of the specification that decide; an entry that is not needed is a failure.
"""

import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import data  # noqa: E402
import replay  # noqa: E402

files_expected = 202
files_with_count_expected = 172
differences_max = 4


def main():
    folder = data.folder() / "sigmahq" / "regression_data"
    command = [replay.binary(), "--format", "json", "rule", "test", *data.sigmahq_rules(), str(folder)]
    results = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    listing = pathlib.Path(__file__).with_name("regression_differences.json")
    listed = {entry["rule"]: entry for entry in json.loads(listing.read_text(encoding="utf-8"))}
    problems = []
    counted = [result for result in results if result["outcome"] != "skipped"]
    if len(counted) != files_expected:
        problems.append(f"{len(counted)} files of events instead of {files_expected}")
    with_count = sum("match_count" in result for result in counted)
    if with_count != files_with_count_expected:
        problems.append(f"{with_count} files with a count instead of {files_with_count_expected}")
    if len(listed) > differences_max:
        problems.append(f"{len(listed)} differences are listed; {differences_max} may be")
    differing = 0
    for result in counted:
        entry = listed.pop(result["rule"], None) if result["outcome"] == "failed" else None
        if result["outcome"] == "passed":
            continue
        differing += 1
        found = re.fullmatch(r"  matched (\d+) times instead of (\d+)\n", result["message"])
        said = {"expected": int(found[2]), "found": int(found[1])} if found else None
        if entry is None or said != {key: entry[key] for key in ("expected", "found")}:
            problems.append(f"{result['place']}: {result['message'].strip()}")
    problems += [f"the listed difference of rule {rule} is not there" for rule in listed]
    print(*problems, sep="\n")
    print(f"{len(counted)} files, {with_count} with a count, "
          f"{len(counted) - differing} as their info.yml says, {differing} listed as different")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
