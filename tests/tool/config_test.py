"""alarum config, and what holds for every command: help, usage, the global options."""

import json
import pathlib
import re
import unittest

import world

page = pathlib.Path(__file__).resolve().parents[2] / "docs" / "reference" / "configuration.md"

# Sound, but for an entity that no log source gives: rules may.
unusual = """\
responders:
  - {name: chat, kind: webhook, url: 'http://127.0.0.1:1/', timeout: 1s}
playbooks:
  - name: tell
    when: {level: high, entity.host.nam: ws-17}
    do: [chat]
"""


class Config(world.ToolTest):
    def test_a_sound_configuration_is_sound(self):
        self.write("alarum.yaml", "records: {depth_max: 50}\n")
        done = self.run_tool("--config", "alarum.yaml", "config", "check")
        self.assertEqual(done.stdout, "sound: 1 configuration file read\n")

    def test_every_problem_is_told_with_its_place(self):
        self.write("alarum.yaml", "records:\n  depth: 50\nlog: {level: loud}\n")
        done = self.run_tool("--config", "alarum.yaml", "config", "check", status=3)
        self.assertIn(
            "alarum.yaml:2:3: unknown key 'depth' in section 'records'\n    depth: 50\n"
            "    ^ did you mean 'depth_max'?",
            done.stdout,
        )
        self.assertIn(
            "alarum.yaml:3:14: 'log.level' takes one of debug info warn error, not 'loud'", done.stdout
        )

    def test_a_warning_is_1_and_keeps_nothing_from_running(self):
        self.write("alarum.yaml", unusual)
        done = self.run_tool("--config", "alarum.yaml", "config", "check", status=1)
        self.assertIn("warning: only rules that say so give entities of type 'host.nam'", done.stdout)
        self.assertNotIn("sound", done.stdout)
        self.run_tool("--config", "alarum.yaml", "rule", "check", "rule.yml")
        # Nobody listens there: what could not be reached is no broken configuration.
        done = self.run_tool("--config", "alarum.yaml", "responder", "test", "chat", status=4)
        self.assertIn("    when: {level: high, entity.host.nam: ws-17}\n", done.stderr)
        self.assertIn("chat: not_done: ", done.stdout)

    def test_of_a_broken_configuration_no_responder_is_tried(self):
        self.write("alarum.yaml", unusual.replace("do: [chat]", "do: [chart]"))
        done = self.run_tool("--config", "alarum.yaml", "responder", "test", "chat", status=3)
        self.assertIn("there is no responder 'chart'\n    do: [chart]\n", done.stderr)

    def test_json_tells_the_same_to_programs(self):
        self.write("alarum.yaml", "record: {}\n")
        answer = json.loads(
            self.run_tool("--format", "json", "--config", "alarum.yaml", "config", "check", status=3).stdout
        )
        self.assertEqual(answer["files"], ["alarum.yaml"])
        self.assertEqual(answer["problems"][0]["hint"], "did you mean 'records'?")

    def test_with_a_broken_configuration_nothing_runs(self):
        self.write("alarum.yaml", "record: {}\n")
        for command in (
            ("replay", "x"),
            ("rule", "check"),
            ("rule", "test"),
            ("rule", "explain", "x", "--event", "-"),
        ):
            done = self.run_tool("--config", "alarum.yaml", *command, status=3, input="")
            self.assertIn("unknown section 'record'", done.stderr)

    def test_the_environment_wins_and_is_checked(self):
        self.write("alarum.yaml", "log: {level: info}\n")
        done = self.run_tool(
            "--config", "alarum.yaml", "config", "check", status=3, env={"ALARUM_LOG__LEVL": "debug"}
        )
        self.assertIn("environment variable ALARUM_LOG__LEVL: no option has this name", done.stdout)
        self.assertIn("did you mean 'ALARUM_LOG__LEVEL'?", done.stdout)

    def test_the_default_file_is_a_sound_configuration(self):
        self.write("default.yaml", self.run_tool("config", "default").stdout)
        self.run_tool("--config", "default.yaml", "config", "check")

    def test_the_reference_page_has_the_options_of_the_program(self):
        table = (
            page.read_text(encoding="utf-8")
            .split("<!-- options: begin -->\n")[1]
            .split("<!-- options: end -->")[0]
        )
        printed = self.run_tool("config", "default", "--markdown").stdout
        self.assertEqual(table, printed, "put the output of `alarum config default --markdown` into the page")

    def test_output_that_is_lost_is_an_error(self):
        self.run_into_full_disk("config", "default")
        self.run_into_full_disk("config", "check")


commands = (
    ("replay",),
    ("rule", "check"),
    ("rule", "test"),
    ("rule", "explain"),
    ("config", "check"),
    ("config", "default"),
    ("status",),
    ("incident", "list"),
    ("incident", "show"),
    ("incident", "ack"),
    ("incident", "assign"),
    ("incident", "contain"),
    ("incident", "note"),
    ("incident", "close"),
    ("block", "list"),
    ("block", "add"),
    ("block", "remove"),
    ("block", "undo"),
    ("allow", "list"),
    ("allow", "add"),
    ("allow", "remove"),
    ("audit", "list"),
    ("audit", "verify"),
    ("breaker", "reset"),
    ("responder", "test"),
    ("panic",),
)


class Usage(world.ToolTest):
    def test_help_of_a_command_tells_the_global_options_exit_codes_and_an_example(self):
        for command in commands:
            said = self.run_tool(*command, "--help").stdout
            for part in ("--config FILE", "--format human|json", "--quiet", "Exit codes: 0 ", "64 wrong"):
                self.assertIn(part, said)
            self.assertRegex(said, "Example:\n  alarum .*" + " ".join(command))
        self.assertIn(" -- ", self.run_tool("replay", "--help").stdout)

    def test_help_and_version_answer_on_stdout(self):
        self.assertRegex(self.run_tool("--version").stdout, r"^alarum \d+\.\d+\.\d+\n$")
        nouns = {command[:1] for command in commands}
        for command in ((), *commands, *nouns):
            self.assertIn("Usage: alarum", self.run_tool(*command, "--help").stdout)

    def test_no_command_is_missing_here(self):
        for noun in {command[:1] for command in commands if len(command) > 1} | {()}:
            said = self.run_tool(*noun, "--help").stdout
            listed = re.findall(r"^  ([a-z]+) ", said.split("Subcommands:\n")[1], re.MULTILINE)
            here = {command[len(noun)] for command in commands if command[: len(noun)] == noun}
            self.assertEqual(set(listed), here)

    def test_what_is_not_understood_is_64_with_the_nearest_command(self):
        self.assertIn("did you mean 'rule'?", self.run_tool("rle", status=64).stderr)
        self.assertIn(
            "did you mean 'check'?", self.run_tool("--format", "json", "rule", "chek", status=64).stderr
        )
        self.assertIn("see --help", self.run_tool("wxyz", status=64).stderr)
        self.run_tool(status=64)
        self.run_tool("replay", status=64)
        self.run_tool("--format", "xml", "config", "check", status=64)
        self.run_tool("replay", "--nonsense", "x", status=64)


if __name__ == "__main__":
    unittest.main()
