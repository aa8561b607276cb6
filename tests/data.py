"""Where the data for tests lies; without it a test is skipped, or fails where nothing may be skipped."""

import os
import pathlib
import sys

skipped = 77  # the exit status that ctest takes for a skipped test


def folder():
    """The data folder, or the end of this test."""
    default = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"
    path = pathlib.Path(os.environ.get("ALARUM_DATA") or default).resolve()
    if path.is_dir():
        return path
    print(f"there is no data at {path}; ALARUM_DATA names another place")
    sys.exit(1 if os.environ.get("ALARUM_REQUIRE_ALL") == "1" else skipped)


def sigmahq_rules():
    """The folders of SigmaHQ's rules."""
    return sorted(str(path) for path in (folder() / "sigmahq").iterdir() if path.name.startswith("rules"))
