"""Checks the sizes and the white space that style.md fixes, so that no reviewer has to.

C++ files have at most 400 lines and the top CMakeLists.txt fewer than 80: what grows beyond is two concepts.
Lines of C++, CMake, Python and shell have at most 110 columns (code points), no tab, no white space at the
end, and the file ends with exactly one newline. Headers start with `#pragma once` and say in a `///` comment
what they are. Markdown and YAML are left alone: their long lines and trailing spaces can mean something.
"""
import sys

import tree

LINES_MAX = 400
ROOT_LINES_MAX = 79
COLUMNS_MAX = 110
SUFFIXES = tree.CPP + (".cmake", "CMakeLists.txt", ".py", ".sh")


def check_lines(lines):
    """(line, message) for what a single line can do wrong."""
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX}"
        if "\t" in line:
            yield number, "a tab: indent with spaces"
        if line != line.rstrip():
            yield number, "white space at the end of the line"


def check_header(lines):
    """(line, message) for what a header lacks."""
    if not lines or lines[0] != "#pragma once":
        yield 1, "a header starts with #pragma once"
    if not any("///" in line for line in lines):
        yield 1, "no /// comment says what this header is"


def check_end(content, count):
    """(line, message) unless exactly one newline ends the file."""
    if not content.endswith("\n"):
        yield max(count, 1), "no newline at the end of the file"
    elif content == "\n" or content.endswith("\n\n"):
        yield count, "empty lines at the end of the file"


def check(path, content):
    """All (line, message) of one file."""
    lines = content.removesuffix("\n").split("\n")
    if path.endswith(tree.CPP) and len(lines) > LINES_MAX:
        yield len(lines), f"{len(lines)} lines, at most {LINES_MAX}: which two concepts are in here?"
    if path == "CMakeLists.txt" and len(lines) > ROOT_LINES_MAX:
        yield len(lines), f"{len(lines)} lines, at most {ROOT_LINES_MAX}: move some to cmake/ or the folders"
    yield from check_lines(lines)
    if path.endswith(tree.HEADERS):
        yield from check_header(lines)
    yield from check_end(content, len(lines))


def main():
    root = tree.root_folder()
    paths = tree.files(root, SUFFIXES)
    violations = [f"{path}:{line}: {message}" for path in paths
                  for line, message in check(path, tree.text(root, path))]
    return tree.report("lengths", len(paths), violations)


if __name__ == "__main__":
    sys.exit(main())
