"""What every command keeps to when it prints: nothing raw on the terminal, no loss that goes unnoticed."""

import json
import subprocess
import unittest
import zipfile

import world

escape = "\x1b"
hostile_rule = r"""title: "T\e[2J"
id: "a,\"\e[1mb"
logsource: {product: "p\e"}
detection: {"s\e": {"A\e": "x\e"}, condition: "all of them"}
alarum:
  tests:
    - {name: "n\e[2J", events: [{"A\e": y}], match: true}
"""


class Terminal(world.ToolTest):
    """Names are as hostile as values: rules come from the net, archives and info.yml from anywhere."""

    def setUp(self):
        super().setUp()
        self.write("hostile.yml", hostile_rule)
        with zipfile.ZipFile(self.folder / "packed.zip", "w") as packed:
            packed.writestr(f"m{escape}[2J.jsonl", '{"A\\u001b":"x\\u001b"}\n[]\n')

    def assert_safe(self, *arguments, status=0):
        done = self.run_tool(*arguments, status=status)
        self.assertNotIn(escape, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_a_member_of_an_archive_and_a_rule_are_shown_printable(self):
        source = ("--log-source", f"product=p{escape}")
        rule = ("--rules", "hostile.yml")
        said = self.assert_safe("--format", "human", "replay", *source, *rule, "--", "packed.zip")
        self.assertIn('packed.zip!m\\u{001B}[2J.jsonl:1  rule a,"\\u{001B}[1mb', said)
        said = self.assert_safe("rule", "explain", "hostile.yml", "--event", "packed.zip", *source, status=2)
        self.assertIn("packed.zip!m\\u{001B}[2J.jsonl:1: match\n  true    log source p\\u{001B}\n", said)

    def test_alerts_as_json_escape_it(self):
        source = f"product=p{escape}"
        command = ("replay", "--log-source", source, "--rules", "hostile.yml", "--", "packed.zip")
        topic = json.loads(self.run_tool(*command).stdout)["evidence"][0]["topic"]
        self.assertEqual(topic, f"packed.zip!m{escape}[2J.jsonl")
        self.assert_safe(*command)

    def test_the_name_of_a_test_is_shown_printable(self):
        said = self.assert_safe("rule", "test", "hostile.yml", status=1)
        self.assertIn("T\\u{001B}[2J: n\\u{001B}[2J", said)

    def test_an_info_file_is_shown_printable(self):
        self.write(
            "data/info.yml",
            r"""rule_metadata: [{id: "r\e"}]
regression_tests_info: [{name: "n\e", path: "gone\e.evtx"}, {name: "m\e", path: one.evtx}]
""",
        )
        self.write("data/one.json", "{}")
        self.assert_safe("rule", "test", "rule.yml", "data", status=1)

    def test_names_of_files_in_errors_are_shown_printable(self):
        for arguments in (
            ("replay", "--rules", "rule.yml", "--", f"gone{escape}"),
            ("replay", "--rules", f"gone{escape}", "--", "x"),
            ("rule", "check", f"gone{escape}"),
            ("rule", "explain", f"gone{escape}", "--rules", "rule.yml", "--event", "x"),
            ("rule", "explain", "rule.yml", "--event", f"gone{escape}"),
        ):
            self.assert_safe(*arguments, status=2)
        self.assert_safe("--config", f"gone{escape}", "config", "check", status=3)

    def test_wrong_commands_and_log_sources_are_shown_printable(self):
        self.assert_safe(f"{escape}[2J", status=64)
        self.assert_safe("replay", "--log-source", f"x{escape}", "--rules", "rule.yml", "--", "x", status=64)


class LostOutput(world.ToolTest):
    def test_every_command_tells_when_its_results_cannot_be_written(self):
        self.write("bad.yml", "title: x\ndetection: {}\n")
        events = self.write("events.jsonl", world.event())
        for arguments in (
            ("replay", "--rules", "rule.yml", "--", events),
            ("replay", "--summary", "--rules", "rule.yml", "--", events),
            ("--format", "human", "replay", "--rules", "rule.yml", "--", events),
            ("rule", "check", "bad.yml"),
            ("--format", "json", "rule", "check", "rule.yml"),
            ("rule", "test", "rule.yml"),
            ("--format", "json", "rule", "test", "rule.yml"),
            ("rule", "explain", "rule.yml", "--event", events),
            ("config", "check"),
            ("config", "default"),
            ("config", "default", "--markdown"),
        ):
            with self.subTest(arguments):
                self.run_into_full_disk(*arguments)

    def test_help_and_version_exit_with_4_as_well(self):
        for option in ("--help", "--version"):
            with self.subTest(option), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([world.binary, option], stdout=full, check=False)
                self.assertEqual(done.returncode, 4)


class Results(world.ToolTest):
    def summary(self, *rules, files=("events.jsonl",)):
        self.write("events.jsonl", world.event() + "\n")
        return self.run_tool("replay", "--summary", "--rules", *rules, "--", *files).stdout.splitlines()

    def test_a_summary_is_sorted_by_id_and_leaves_out_what_found_nothing(self):
        self.write("z.yml", world.rule.replace("11111111-", "22222222-"))
        self.write("none.yml", world.rule.replace("11111111-", "00000000-").replace("/list}", "/none}"))
        rows = self.summary("z.yml", "none.yml", "rule.yml")
        self.assertEqual([row[:9] for row in rows], ["rule_id,m", "11111111-", "22222222-"])

    def test_an_id_with_commas_and_quotes_is_quoted_in_csv(self):
        self.write("odd.yml", world.rule.replace("id: 11111111-1111-4111-8111-111111111111", "id: 'a,\"b'"))
        self.assertEqual(self.summary("odd.yml"), ["rule_id,matches", '"a,""b",1'])

    def test_of_two_rules_with_one_id_the_first_counts(self):
        self.write("copy.yml", world.rule.replace("/list}", "/none}"))
        self.assertEqual(len(self.summary("rule.yml", "copy.yml")), 2)
        self.assertEqual(len(self.summary("copy.yml", "rule.yml")), 1)

    def test_rules_end_at_the_next_option_and_files_may_stand_first(self):
        events = self.write("events.jsonl", world.event())
        first = self.run_tool("replay", events, "--summary", "--rules", "rule.yml")
        last = self.run_tool("replay", "--rules", "rule.yml", "--summary", events)
        self.assertEqual(first.stdout, last.stdout)
        self.assertEqual(first.stdout.count("\n"), 2)

    def test_a_folder_is_no_file_of_events(self):
        (self.folder / "folder").mkdir()
        events = self.write("events.jsonl", world.event())
        done = self.run_tool("replay", "--rules", "rule.yml", "--", "folder", events, status=2)
        self.assertEqual(done.stdout.count("\n"), 1)
        self.assertIn("folder", done.stderr)

    def test_an_empty_file_is_clean(self):
        empty = self.write("empty.jsonl", "")
        done = self.run_tool("replay", "--rules", "rule.yml", "--", empty)
        self.assertEqual(done.stdout, "")
        self.assertIn("0 records (0 B): 0 evaluated, 0 dead letters", done.stderr)


if __name__ == "__main__":
    unittest.main()
