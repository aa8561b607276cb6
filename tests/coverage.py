"""The share of lines of our sources that tests run; below the floor is a failure.

Usage: coverage.py BUILD_FOLDER [RESULTS.xml]  (the verdict is added to the results, so that totals count it)
"""

import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

floor = 90.0
root = pathlib.Path(__file__).resolve().parents[1]
folders = ("daemon/", "detectors/", "responders/", "config/")


def measure(build):
    report = subprocess.run(
        ["gcovr", "--root", root, "--json-summary", "--exclude-throw-branches", "-j", str(os.cpu_count()),
         *(f"--filter={folder}" for folder in folders), build],
        cwd=root, check=True, capture_output=True, text=True)
    return json.loads(report.stdout)


def line_of(entry, name):
    return f"{entry['line_percent']:6.1f} %  {entry['line_covered']:5} of {entry['line_total']:5}  {name}"


def add_result(path, passed):
    tree = xml.etree.ElementTree.parse(path)
    status = "run" if passed else "fail"
    case = xml.etree.ElementTree.Element("testcase", {"name": "line coverage", "status": status})
    tree.getroot().append(case)
    tree.write(path)


def main(build, results=None):
    summary = measure(build)
    files = sorted(summary["files"], key=lambda file: file["line_percent"])
    for file in files:
        if file["line_percent"] < floor:
            print(line_of(file, file["filename"]))
    print(line_of(summary, "all"))
    passed = summary["line_percent"] >= floor
    if results:
        add_result(results, passed)
    return 0 if passed or results else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
