"""Adds up the results of several ctest runs: prints what failed, and the closing line of a test run.

Usage: totals.py RESULTS.xml… (JUnit files as ctest writes them; a missing one counts as a failed test)
"""

import os
import sys
import xml.etree.ElementTree


def main(paths):
    passed, failed, skipped = 0, [], []
    for path in paths:
        if not os.path.exists(path):
            failed.append(f"{path} is missing: its tests did not run")
            continue
        preset = os.path.basename(os.path.dirname(path))
        for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
            name = f"{preset}: {case.get('name')}"
            status = case.get("status")
            if status == "run":
                passed += 1
            elif status in ("notrun", "disabled") or case.find("skipped") is not None:
                skipped.append(name)
            else:
                failed.append(name)
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
