"""A folder of rules and events, and the tool run in it."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

binary = os.environ.get("ALARUM_BINARY")
if not binary:
    raise SystemExit("ALARUM_BINARY names the tool to test, for example build/dev/bin/alarum")

rule = r"""title: Vault Listed
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\vaultcmd.exe', CommandLine|contains: /list}
  filter: {ParentImage|endswith: '\backup.exe'}
  condition: selection and not filter
level: high
alarum:
  tests:
    - name: listing
      events: [{Image: 'C:\Windows\System32\VaultCmd.exe', CommandLine: 'vaultcmd /LIST'}]
      match: true
    - name: help
      events: [{Image: 'C:\Windows\System32\VaultCmd.exe', CommandLine: 'vaultcmd /?'}]
      match: false
"""


def event(number=0, **fields):
    """A Sysmon event that fires the rule, unless `fields` say otherwise."""
    out = {
        "@timestamp": f"2026-01-02T08:15:{number:02}Z",
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "EventID": 1,
        "Hostname": "ws-17",
        "User": "CORP\\anna",
        "Image": "C:\\Windows\\System32\\VaultCmd.exe",
        "CommandLine": "vaultcmd /list",
    }
    return json.dumps({**out, **fields})


class ToolTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.write("rule.yml", rule)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
        return name

    def run_tool(self, *arguments, status=0, **options):
        """Runs the tool in the folder; another exit status than expected fails the test."""
        done = subprocess.run(
            [binary, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
            **options,
        )
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return done

    def run_into_full_disk(self, *arguments):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [binary, *arguments],
                cwd=self.folder,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("cannot write results", done.stderr)
