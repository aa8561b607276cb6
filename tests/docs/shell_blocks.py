"""Executes the shell blocks of README.md and docs/ that are marked ```sh test, each file in a clean folder.

Usage: shell_blocks.py FOLDER_OF_PROGRAMS
The blocks of one file run one after the other in one folder, with the programs in PATH and the repository's
rules in $ALARUM_RULES. Lines of a block that begin with `# → ` say what has to be in its output.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
block = re.compile(r"^```sh test\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(path, programs):
    """Problems of one file, and how many blocks it has."""
    blocks = block.findall(path.read_text(encoding="utf-8"))
    environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}", ALARUM_RULES=str(root / "rules"))
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(blocks, 1):
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment,
                                  capture_output=True, text=True, check=False)
            where = f"{path.relative_to(root)}, block {number}"
            output = done.stdout + done.stderr
            if done.returncode != 0:
                problems.append(f"{where}: exit status {done.returncode}\n{output}")
            for wanted in re.findall(r"^# → (.*)$", text, re.MULTILINE):
                if wanted not in output:
                    problems.append(f"{where}: '{wanted}' is not in the output\n{output}")
    return problems, len(blocks)


def main():
    programs = pathlib.Path(sys.argv[1]).resolve()
    problems, count = [], 0
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        more, blocks = run(path, programs)
        problems += more
        count += blocks
    print(*problems, sep="\n")
    print(f"{count} blocks, {len(problems)} problems")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
