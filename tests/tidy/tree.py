"""What the tests of the walls share: which files there are, what they include, and how a verdict is told.

A wall that looks at no file would be green for ever; `report` therefore fails when nothing was checked.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

CPP = (".h", ".cc", ".hpp", ".hh", ".cpp", ".cxx", ".c", ".inc", ".ipp")
HEADERS = (".h", ".hpp", ".hh", ".inc", ".ipp")
INCLUDE = re.compile(r"\s*#\s*(?:include|include_next|import)\b\s*(.*)")


def root_folder():
    """The tree to check: the first argument, or the clone this script stands in."""
    return Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()


def files(root, suffixes=CPP):
    """Paths below `root`, in order: what git tracks or would track, else everything outside build/."""
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-coz", "--exclude-standard"],
                         capture_output=True, text=True, check=False)
    names = set(git.stdout.split("\0")) - {""} if git.returncode == 0 else set()
    if not names:
        for folder, below, here in os.walk(root):
            below[:] = [name for name in below if name != "build" and not name.startswith(".")]
            names |= {os.path.relpath(os.path.join(folder, name), root) for name in here}
    return sorted(name for name in names if name.endswith(suffixes) and (root / name).is_file())


def text(root, path):
    """The file as UTF-8; bytes that are not UTF-8 become U+FFFD."""
    return (root / path).read_bytes().decode("utf-8", errors="replace")


def includes(root, path):
    """(line, target) of each include directive; the target keeps its quotes or angle brackets."""
    for number, line in enumerate(text(root, path).split("\n"), 1):
        if match := INCLUDE.match(line):
            yield number, re.sub(r"\s*(//|/\*).*", "", match[1]).strip()


def report(name, checked, violations):
    """Prints every violation, or one line that says what was checked. Returns the exit code."""
    for violation in violations:
        print(violation)
    if not checked:
        print(f"{name}: no file to check")
    elif not violations:
        print(f"{name}: {checked} files, no violation")
    return 1 if violations or not checked else 0
