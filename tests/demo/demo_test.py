"""The demo finds each of its attacks, and exactly that alert is missing when the attack is left out.

Usage: demo_test.py FOLDER_OF_PROGRAMS
"""

import pathlib
import re
import subprocess
import sys
import unittest

script = pathlib.Path(__file__).resolve().parents[2] / "daemon" / "demo" / "demo.sh"
programs = pathlib.Path(sys.argv.pop()).resolve()


def run(*options):
    return subprocess.run([script, programs, *options], capture_output=True, text=True, check=False)


def alerts(*options):
    """Titles of the alerts that the demo shows."""
    done = run(*options)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return re.findall(r"^\d{4}-\d\d-\d\dT\S+  \w+  (.+)$", done.stdout, re.MULTILINE)


class Demo(unittest.TestCase):
    def test_each_attack_left_out_takes_exactly_one_alert_with_it(self):
        names = [line.split()[0] for line in run("--list").stdout.splitlines()]
        whole = alerts()
        self.assertEqual(len(names), 14)
        self.assertEqual(len(whole), len(names))
        missing = set()
        for name in names:
            rest = alerts("--without", name)
            self.assertEqual(len(rest), len(whole) - 1, name)
            missing |= set(whole) - set(rest)
        self.assertEqual(missing, set(whole))

    def test_it_explains_an_alert_with_the_values_seen(self):
        shown = run("--platform", "windows", "--events", "50").stdout
        self.assertIn("vssadmin.exe delete shadows /all /quiet", shown)
        self.assertIn("host.name ws-17", shown)

    def test_an_unknown_attack_is_refused_with_the_nearest_name(self):
        done = run("--without", "lsas-access")
        self.assertEqual(done.returncode, 64)
        self.assertIn("did you mean 'lsass-access'?", done.stderr)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
