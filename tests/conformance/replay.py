"""Replays through the built tool and reads the counts, for the tests beside this file."""

import csv
import os
import subprocess


def binary():
    return os.environ["ALARUM_BINARY"]


def summary(rules, files):
    """Matches by rule id over `files`, with the rules in the folders `rules`."""
    command = [binary(), "replay", "--quiet", "--summary", "--rules", *rules, "--", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"exit status {done.returncode}: {done.stderr}")
    return {row["rule_id"]: int(row["matches"]) for row in csv.DictReader(done.stdout.splitlines())}


def differences(expected, found):
    """Lines that say how two counts by rule differ."""
    return [f"rule {rule}: expected {expected.get(rule, 0)} matches, found {found.get(rule, 0)}"
            for rule in sorted(expected.keys() | found.keys()) if expected.get(rule, 0) != found.get(rule, 0)]
