"""Checks that of each header of ours it is proved that it compiles alone: who includes it needs nothing else.

The source of its name includes it before anything else. A header without such a source stands under HEADERS
in the CMakeLists.txt of its folder, and is compiled by the target `all_verify_interface_header_sets`.
"""
import re
import sys

import tree

FOLDERS = ("config/", "daemon/", "detectors/", "responders/")


def listed(root, folder):
    """The headers that the folder's CMakeLists.txt has compiled alone."""
    path = root / folder / "CMakeLists.txt"
    found = re.findall(r"\bHEADERS((?:\s+[\w./]+\.h)+)", path.read_text()) if path.is_file() else []
    return {name for names in found for name in names.split()}


def objection(root, path):
    """`path:line: message` where nobody proves it, or None."""
    source = path.removesuffix(".h") + ".cc"
    folder, _, name = path.rpartition("/")
    if not (root / source).is_file():
        if name in listed(root, folder):
            return None
        return f"{path}:1: it has no source: add it to HEADERS in {folder}/CMakeLists.txt"
    line, target = next(tree.includes(root, source), (1, ""))
    return None if target == f'"{path}"' else f"{source}:{line}: includes {path} not before anything else"


def main():
    root = tree.root_folder()
    headers = [path for path in tree.files(root, (".h",)) if path.startswith(FOLDERS)]
    violations = [message for path in headers if (message := objection(root, path))]
    return tree.report("headers", len(headers), violations)


if __name__ == "__main__":
    sys.exit(main())
