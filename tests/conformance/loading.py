"""SigmaHQ's rules load: at least 99 %, and each of the others says why not."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import data  # noqa: E402
import replay  # noqa: E402

files_expected = 3780
rejected_expected = {"placeholder": 25}


def main():
    command = [replay.binary(), "--format", "json", "--quiet", "rule", "check", *data.sigmahq_rules()]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    print(f"{answer['rules']} of {answer['files']} rules load; rejected: {answer['rejected']}")
    errors = {problem["file"] for problem in answer["problems"] if problem["severity"] == "error"}
    sound = (answer["files"] == files_expected and answer["rejected"] == rejected_expected and
             len(errors) == sum(rejected_expected.values()) and
             answer["rules"] == files_expected - len(errors))
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
