"""Checks the dashboards and rules for Prometheus without running anything: each metric that they ask for is
one of docs/reference/metrics.md (which a unit test compares with the program), and each panel says what it
shows.
"""
import json
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
folder = root / "docs" / "dashboards"
parts = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}


def exported(page):
    """The names of series that there are, from the rows of the reference page."""
    rows = re.findall(r"^\| `(alarum_\w+)` \|.*?\| (counter|gauge|histogram|summary) \|", page, re.MULTILINE)
    return {name + part for name, kind in rows for part in parts.get(kind, ("",))}


def asked(text):
    """The names of metrics in an expression; of recorded ones (`alarum:…`) none."""
    return set(re.findall(r"\balarum_\w+", text))


def complaints_of(path, known):
    """What is wrong with one dashboard."""
    board = json.loads(path.read_text(encoding="utf-8"))
    if not any(one["type"] == "datasource" for one in board["templating"]["list"]):
        yield "the data source is no variable"
    for panel in board["panels"]:
        if not (panel["title"] and panel["description"] and panel["fieldConfig"]["defaults"]["unit"]):
            yield f"panel {panel['id']} lacks a title, a description or a unit"
        for target in panel["targets"]:
            if "or vector(" in target["expr"]:
                yield f"{panel['title']}: it hides that there is no data"
            for name in asked(target["expr"]) - known:
                yield f"{panel['title']}: there is no metric {name}"


def main():
    known = exported((root / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8"))
    boards = sorted(folder.glob("*.json"))
    complaints = [f"{path.name}: {what}" for path in boards for what in complaints_of(path, known)]
    rules = (folder / "rules.yaml").read_text(encoding="utf-8")
    expressions = re.findall(r"^\s+expr: (.*)$", rules, re.MULTILINE)
    complaints += [f"rules.yaml: there is no metric {name}" for text in expressions
                   for name in asked(text) - known]
    if not boards or not expressions or not known:
        complaints.append("nothing was found to be checked")
    print("\n".join(complaints), end="\n" if complaints else "")
    stale = subprocess.run([sys.executable, folder / "generate.py", "--check"], check=False).returncode
    return 1 if complaints or stale else 0


if __name__ == "__main__":
    sys.exit(main())
