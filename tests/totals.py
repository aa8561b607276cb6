"""Adds up the results of several ctest runs: prints what failed, and the closing line of a test run.

Usage: totals.py RESULTS.xml… (JUnit files as ctest writes them; a missing one counts as a failed test)
A test is skipped only if it says so itself, with exit status 77. ctest also calls it skipped when a test's
program is missing, or a test that it needs failed: that is a failure, or a build that broke would pass.
"""

import os
import sys
import xml.etree.ElementTree

said_by_test = "SKIP_RETURN_CODE=77"
lines_told = 40  # of the output of a test that failed, so that the end of a long log says why


def outcome(case):
    """Whether a test passed, failed or was skipped, and why if ctest says so."""
    skip = case.find("skipped")
    reason = "" if skip is None else skip.get("message", "")
    if reason == said_by_test:
        return "skipped", ""
    return ("passed" if case.get("status") == "run" else "failed"), reason


def last_words(case):
    """The end of what a test printed, indented."""
    said = (case.findtext("system-out") or "").rstrip().splitlines()
    return "".join(f"\n    {line}" for line in said[-lines_told:])


def main(paths):
    passed, failed, skipped = 0, [], []
    for path in paths:
        if not os.path.exists(path):
            failed.append(f"{path} is missing: its tests did not run")
            continue
        preset = os.path.basename(os.path.dirname(path))
        for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
            name = f"{preset}: {case.get('name')}"
            kind, reason = outcome(case)
            if kind == "passed":
                passed += 1
            elif kind == "skipped":
                skipped.append(name)
            else:
                failed.append((f"{name} ({reason})" if reason else name) + last_words(case))
    if os.environ.get("ALARUM_REQUIRE_ALL") == "1":
        failed += [f"{name} (skipped, and nothing may be)" for name in skipped]
        skipped = []
    for name in failed:
        print(f"failed: {name}")
    for name in skipped:
        print(f"skipped: {name}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
