"""Links between our pages lead to files, and tests that a page names by their title exist.

A test is named in the last column of a table of docs/reference/sigma.md, events.md or playbooks.md, in
backticks.
"""

import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
pages_with_titles = ("docs/reference/sigma.md", "docs/reference/events.md", "docs/reference/playbooks.md")


def broken_links(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not (page.parent / target).exists():
            yield f"{page.relative_to(root)}: link to {target}, which is not there"


def test_titles():
    titles = set()
    for path in (root / "tests" / "unit").rglob("*.cc"):
        text = re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8"))
        titles.update(re.findall(r'(?:TEST_CASE|SECTION)\("((?:[^"\\]|\\.)*)"', text))
    return {title.replace('\\"', '"').replace("\\\\", "\\") for title in titles}


def unknown_titles(page, titles):
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) < 3 or set(cells[-1]) <= set("-: ") or not cells[-1].startswith("`"):
            continue
        for title in re.findall(r"`([^`]+)`", cells[-1].replace("\\|", "|")):
            if title not in titles:
                yield f"{page.relative_to(root)}: there is no test '{title}'"


def main():
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    problems = [problem for page in pages for problem in broken_links(page)]
    titles = test_titles()
    for name in pages_with_titles:
        problems += unknown_titles(root / name, titles)
    print(*problems, sep="\n")
    print(f"{len(pages)} pages, {len(titles)} titles of tests, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
