"""Checks every quoted include against the layers of docs/ARCHITECTURE.md: a wall only drawn is crossed.

A folder includes itself and lower layers. Folders of one layer do not include each other, except in L5, which
is wiring, and except for a folder and its own parent (detectors/ and detectors/signature/: the list of kinds
and a kind). tests/ includes what it likes and nobody includes tests/. A C++ file in a folder without a layer
is a violation.
"""
import sys
from fnmatch import fnmatchcase

import tree

# From the bottom up. "x" is the files in x, and in its subfolders unless those have a line of their own.
LAYERS = [
    ["daemon/base"],
    ["daemon/event", "config"],
    ["daemon/sigma", "daemon/alert", "daemon/http_client"],
    ["detectors", "detectors/*", "responders", "responders/*", "daemon/stream"],
    ["daemon/pipeline", "daemon/kafka", "daemon/files", "daemon/respond"],
    ["daemon", "daemon/api", "daemon/cli"],
]
WIRING = 5  # the layer whose folders may include each other

# Programs of their own: what each may include beside itself. Nobody but tests/ includes them.
PROGRAMS = {
    "daemon/demo": [folder for layer in LAYERS[:WIRING] for folder in layer],
    "daemon/enforcer": ["daemon/base", "config"],
    "daemon/runner": ["daemon/base", "config"],
}


def layer_of(place):
    """Number of the layer, or None."""
    return next((i for i, layer in enumerate(LAYERS) if any(fnmatchcase(place, p) for p in layer)), None)


def place_of(path):
    """The folder of the table that `path` belongs to; None if no line of the table covers it.

    Only daemon/ holds many places: there a subfolder without a line is an error, not a part of daemon/.
    """
    parts = path.split("/")[:-1]
    two, one = "/".join(parts[:2]), parts[0]
    if len(parts) > 1 and (two in PROGRAMS or layer_of(two) is not None):
        return two
    return one if layer_of(one) is not None and (one != "daemon" or len(parts) == 1) else None


def objection(here, there):
    """Why files in `here` may not include files in `there`, or None."""
    if here == there:
        return None
    if there in PROGRAMS:
        return f"{there} is a program of its own: nothing includes it"
    if here in PROGRAMS:
        if any(fnmatchcase(there, place) for place in PROGRAMS[here]):
            return None
        return f"{here} is a program of its own and may not include {there}"
    low, high = layer_of(here), layer_of(there)
    if high > low:
        return f"{here} (L{low}) includes {there} (L{high}): a higher layer"
    related = here.startswith(there + "/") or there.startswith(here + "/")
    if high == low and low != WIRING and not related:
        return f"{here} and {there} are both in L{low} and do not include each other"
    return None


def unknown(path):
    """The message for a folder that the table does not have."""
    folder = "/".join(path.split("/")[:-1][:2]) or "the top folder"
    return f"{folder} is in no layer: add it to the table in tests/tidy/layers.py and docs/ARCHITECTURE.md"


def check_include(path, here, target):
    """Why the file may not include "target", or None."""
    if "/" not in target or any(part in ("", ".", "..") for part in target.split("/")):
        return f'"{target}" is not rooted: write the path from the top folder'
    if target.startswith("tests/"):
        return f"nothing outside tests/ includes it: {target}"
    there = place_of(target)
    return unknown(target) if there is None else objection(here, there)


def main():
    root = tree.root_folder()
    paths = [path for path in tree.files(root) if not path.startswith("tests/")]
    violations = []
    for path in paths:
        here = place_of(path)
        if here is None:
            violations.append(f"{path}:1: {unknown(path)}")
            continue
        for line, target in tree.includes(root, path):
            if target.startswith('"') and (message := check_include(path, here, target.strip('"'))):
                violations.append(f"{path}:{line}: {message}")
    return tree.report("layers", len(paths), violations)


if __name__ == "__main__":
    sys.exit(main())
