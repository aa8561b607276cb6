"""alarum replay: alerts, summaries, dead letters, packed files, exit codes."""

import gzip
import io
import json
import os
import pty
import shutil
import subprocess
import tarfile
import unittest
import zipfile

import world


class Replay(world.ToolTest):
    def setUp(self):
        super().setUp()
        lines = [
            world.event(1),
            world.event(2, CommandLine="vaultcmd /?"),
            world.event(3),
            "no JSON",
            '{"cut": ',
        ]
        self.write("events.jsonl", "\n".join(lines) + "\n")

    def alerts(self, *arguments, **options):
        done = self.run_tool("replay", "--rules", "rule.yml", "--", *arguments, **options)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_each_match_is_an_alert_in_the_schema(self):
        first, second = self.alerts("events.jsonl")
        self.assertEqual(
            list(first),
            [
                "schema",
                "alert_id",
                "kind",
                "rule",
                "log_source",
                "first_event_time",
                "last_event_time",
                "time_basis",
                "provisional",
                "entities",
                "evidence",
                "detail",
            ],
        )
        self.assertEqual(first["schema"], "alarum.alert/1")
        self.assertEqual(first["rule"]["id"], "11111111-1111-4111-8111-111111111111")
        self.assertEqual(first["first_event_time"], "2026-01-02T08:15:01.000000Z")
        self.assertEqual(first["evidence"][0]["topic"], "events.jsonl")
        self.assertEqual([alert["evidence"][0]["offset"] for alert in (first, second)], [0, 2])
        self.assertIn({"type": "host.name", "value": "ws-17"}, first["entities"])
        self.assertNotEqual(first["alert_id"], second["alert_id"])

    def test_the_same_input_gives_the_same_bytes(self):
        command = ("replay", "--rules", "rule.yml", "--", "events.jsonl", "events.jsonl")
        self.assertEqual(self.run_tool(*command).stdout, self.run_tool(*command).stdout)

    def test_a_file_read_again_gives_the_same_alerts(self):
        self.write("timeless.jsonl", json.dumps({**json.loads(world.event()), "@timestamp": None}) + "\n")
        self.write("both.jsonl", world.event() + "\n")
        whole = self.alerts("timeless.jsonl", "both.jsonl", "timeless.jsonl")
        self.assertEqual(whole[0], whole[2])

    def test_a_summary_counts_by_rule(self):
        done = self.run_tool("replay", "--summary", "--rules", "rule.yml", "--", "events.jsonl")
        self.assertEqual(done.stdout, "rule_id,matches\n11111111-1111-4111-8111-111111111111,2\n")

    def test_dead_letters_are_told_with_their_places(self):
        done = self.run_tool("replay", "--rules", "rule.yml", "--", "events.jsonl")
        self.assertIn("events.jsonl:4: not_object", done.stderr)
        self.assertIn("events.jsonl:5: cut_off", done.stderr)
        self.assertIn("3 evaluated, 2 dead letters, 1 cut_off, 1 not_object", done.stderr)
        many = self.write("many.jsonl", "x\n" * 30)
        done = self.run_tool("replay", "--rules", "rule.yml", "--", many)
        self.assertIn("… and 20 more", done.stderr)

    def test_every_dead_letter_can_be_had_with_its_place(self):
        self.write("many.jsonl", "x\n" * 30 + "[\n")
        command = ("replay", "--dead-letters", "dead.jsonl", "--rules", "rule.yml", "--")
        self.run_tool(*command, "events.jsonl", "many.jsonl")
        letters = [json.loads(line) for line in (self.folder / "dead.jsonl").read_text().splitlines()]
        self.assertEqual(len(letters), 33)
        self.assertEqual(
            letters[0],
            dict(source="replay", topic="events.jsonl", partition=0, offset=3, reason="not_object"),
        )
        self.run_tool(*command, self.write("clean.jsonl", world.event()))
        self.assertEqual((self.folder / "dead.jsonl").read_text(), "")

    def test_dead_letters_that_cannot_be_written_are_an_error(self):
        for path in ("gone/dead.jsonl", "/dev/full"):
            done = self.run_tool(
                "replay", "--dead-letters", path, "--rules", "rule.yml", "--", "events.jsonl", status=4
            )
            self.assertIn(f"cannot write dead letters to '{path}'", done.stderr)

    def test_quiet_does_not_hide_that_there_are_dead_letters(self):
        command = ("--quiet", "replay", "--rules", "rule.yml", "--")
        done = self.run_tool(*command, "events.jsonl")
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("3 evaluated, 2 dead letters, 1 cut_off, 1 not_object", done.stderr)
        self.assertEqual(self.run_tool(*command, self.write("clean.jsonl", world.event())).stderr, "")

    def test_flags_of_events_are_counted(self):
        self.write("odd.jsonl", '{"a": 1, "a": 2, "b": 01}\n')
        done = self.run_tool("replay", "--rules", "rule.yml", "--", "odd.jsonl")
        self.assertIn(
            "1 event with an invalid value left out; 1 event with a name twice; "
            "1 event without a time of its own",
            done.stderr,
        )

    def test_events_that_no_rule_takes_are_counted(self):
        mixed = self.write("mixed.jsonl", world.event() + "\n" + world.event(EventID=3) + "\n{}\n")
        done = self.run_tool("replay", "--rules", "rule.yml", "--", mixed)
        self.assertIn("; 2 events that no rule's log source takes\n", done.stderr)
        self.assertNotIn("warning", done.stderr)

    def test_a_replay_in_which_no_rule_can_apply_warns(self):
        typo = ("--quiet", "replay", "--log-source", "product=windows,category=process_creatoin")
        done = self.run_tool(*typo, "--rules", "rule.yml", "--", self.write("one.jsonl", world.event()))
        self.assertEqual(
            done.stderr,
            "alarum: warning: no rule applies to the only event of --log-source "
            "product=windows,category=process_creatoin: every rule has another log source; say what "
            "the events are, as with product=linux,category=process_creation\n",
        )
        done = self.run_tool(*typo[1:], "--strict", "--rules", "rule.yml", "--", self.write("no.jsonl", ""))
        self.assertNotIn("warning", done.stderr)

    def test_strict_makes_them_an_error(self):
        self.run_tool("replay", "--strict", "--rules", "rule.yml", "--", "events.jsonl", status=2)
        clean = self.write("clean.jsonl", world.event())
        self.run_tool("replay", "--strict", "--rules", "rule.yml", "--", clean)
        self.write("bad.yml", "title: x\ndetection: {}\n")
        self.run_tool("replay", "--strict", "--rules", "rule.yml", "bad.yml", "--", clean, status=2)

    def test_a_broken_rule_is_told_and_the_others_run(self):
        self.write("rules/a.yml", world.rule.replace("endswith: '\\vault", "endswiht: '\\vault"))
        self.write("rules/b.yml", world.rule.replace("11111111-", "22222222-"))
        done = self.run_tool("replay", "--summary", "--rules", "rules", "--", "events.jsonl")
        self.assertIn("22222222-1111-4111-8111-111111111111,2", done.stdout)
        self.assertIn("did you mean 'endswith'?", done.stderr)
        for number in range(30):
            self.write(
                f"rules/c{number}.yml", "title: x\nlogsource: {product: x}\ndetection: {condition: a}\n"
            )
        self.assertIn(
            "more problems: see alarum rule check",
            self.run_tool("replay", "--rules", "rules", "--", "events.jsonl").stderr,
        )

    def test_without_any_rule_it_does_not_run(self):
        self.write("none/readme.txt", "nothing")
        self.assertIn(
            "--rules says where rules are",
            self.run_tool("replay", "--rules", "none", "--", "events.jsonl", status=2).stderr,
        )
        self.assertIn(
            "no file or folder 'gone'",
            self.run_tool("replay", "--rules", "gone", "--", "events.jsonl", status=2).stderr,
        )

    def test_files_of_events_are_not_taken_for_rules(self):
        self.write("more.jsonl", world.event() + "\n")
        done = self.run_tool("replay", "--rules", "rule.yml", "more.jsonl", "events.jsonl", status=64)
        self.assertEqual(
            done.stderr.splitlines()[-1],
            "alarum: 'more.jsonl' holds no rule; write -- before the files of events",
        )
        self.assertEqual(done.stdout, "")
        self.write("more.jsonl", (world.event() + "\n") * 2)
        self.run_tool("replay", "--rules", "rule.yml", "more.jsonl", "events.jsonl", status=64)

    def test_a_named_rule_file_that_is_broken_is_left_out(self):
        self.write("bad.yml", "title: x\ndetection: {}\n")
        self.write("worse.yml", "title: [\n")
        self.run_tool("replay", "--rules", "rule.yml", "bad.yml", "worse.yml", "--", "events.jsonl")

    def test_a_file_that_cannot_be_read_does_not_stop_the_others(self):
        done = self.run_tool("replay", "--rules", "rule.yml", "--", "gone.jsonl", "events.jsonl", status=2)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn("cannot open 'gone.jsonl': No such file or directory", done.stderr)

    def test_packed_files_and_stdin_read_alike(self):
        text = world.event() + "\n"
        self.write("a.gz", gzip.compress(text.encode()))
        with zipfile.ZipFile(self.folder / "b.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("inner/x.jsonl", text)
        with tarfile.open(self.folder / "c.tar.gz", "w:gz") as packed:
            member = tarfile.TarInfo("y.jsonl")
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
        topics = [
            alert["evidence"][0]["topic"]
            for alert in self.alerts("a.gz", "b.zip", "c.tar.gz", "-", input=text)
        ]
        self.assertEqual(topics, ["a.gz", "b.zip!inner/x.jsonl", "c.tar.gz!y.jsonl", "-"])

    def test_a_truncated_zst_gives_what_it_held_and_an_error(self):
        if shutil.which("zstd") is None:
            self.fail("the package zstd is missing; ./dev install-dependencies installs it")
        self.write(
            "long.jsonl",
            "".join(
                world.event(CommandLine=f"vaultcmd /list {os.urandom(200).hex()}") + "\n" for _ in range(3000)
            ),
        )
        subprocess.run(["zstd", "-q", "long.jsonl"], cwd=self.folder, check=True)
        whole = (self.folder / "long.jsonl.zst").read_bytes()
        self.write("cut.zst", whole[: len(whole) * 3 // 4])
        done = self.run_tool("replay", "--rules", "rule.yml", "--", "cut.zst", status=2)
        self.assertIn("cannot read 'cut.zst' to its end", done.stderr)
        self.assertTrue(500 < len(done.stdout.splitlines()) < 3000)

    def test_log_sources_are_told_apart_or_fixed(self):
        plain = self.write(
            "plain.jsonl", json.dumps({"Image": "x\\vaultcmd.exe", "CommandLine": "/list"}) + "\n"
        )
        self.assertEqual(self.alerts(plain), [])
        fixed = (
            "replay",
            "--log-source",
            "product=windows,category=process_creation",
            "--rules",
            "rule.yml",
            "--",
        )
        self.assertEqual(len(self.run_tool(*fixed, plain).stdout.splitlines()), 1)
        done = self.run_tool(
            "replay", "--log-source", "produkt=x", "--rules", "rule.yml", "--", plain, status=64
        )
        self.assertIn("did you mean 'product'?", done.stderr)

    def test_people_see_what_was_true_and_the_values(self):
        done = self.run_tool("--format", "human", "replay", "--rules", "rule.yml", "--", "events.jsonl")
        self.assertIn(
            "2026-01-02T08:15:01.000000Z  high  Vault Listed\n  host.name ws-17, user.name CORP\\anna",
            done.stdout,
        )
        self.assertIn("    + CommandLine|contains: '*/list*'  ← vaultcmd /list\n", done.stdout)
        self.assertIn("    + not filter\n", done.stdout)

    def test_nothing_of_an_event_reaches_the_terminal_raw(self):
        hostile = self.write(
            "hostile.jsonl", world.event(CommandLine="/list \x1b]0;owned\x07 \u202e", Hostname="\x1b[2J")
        )
        done = self.run_tool("--format", "human", "replay", "--rules", "rule.yml", "--", hostile)
        for character in "\x1b\x07\u202e":
            self.assertNotIn(character, done.stdout + done.stderr)

    def test_a_terminal_sees_colours_and_progress_unless_it_does_not_want_them(self):
        def shown(file, *options):
            leader, follower = pty.openpty()
            with open(leader, "rb", buffering=0) as screen:
                process = subprocess.Popen(
                    [
                        world.binary,
                        *options,
                        "--format",
                        "human",
                        "replay",
                        "--rules",
                        "rule.yml",
                        "--",
                        file,
                    ],
                    cwd=self.folder,
                    stdout=follower,
                    stderr=follower,
                )
                os.close(follower)
                text = b""
                try:
                    while piece := screen.read(65536):
                        text += piece
                except OSError:  # the last follower is closed
                    pass
                self.assertEqual(process.wait(), 0)
            return text.decode()

        self.write("big.jsonl", (world.event(CommandLine="other") + "\n") * 200000 + world.event() + "\n")
        self.write("small.jsonl", world.event() + "\n")
        text = shown("big.jsonl")
        self.assertIn("\x1b[31mhigh", text)
        self.assertIn(" records  ", text)
        self.assertIn("high", shown("small.jsonl", "--no-color"))
        self.assertNotIn("\x1b[31m", shown("small.jsonl", "--no-color"))
        self.assertNotIn(" records  ", shown("big.jsonl", "--quiet"))

    def test_output_that_is_lost_is_an_error(self):
        self.run_into_full_disk("replay", "--rules", "rule.yml", "--", "events.jsonl")

    def test_the_configuration_names_rules_and_limits(self):
        self.write(
            "alarum.yaml", "rules: {paths: rule.yml}\nrecords: {bytes_max: 1KiB}\nlog: {level: debug}\n"
        )
        long = self.write("long.jsonl", world.event() + "\n" + world.event(CommandLine="x" * 2000) + "\n")
        done = self.run_tool("--config", "alarum.yaml", "replay", long)
        self.assertIn("1 too_large", done.stderr)
        self.assertIn("rules loaded", done.stderr)
        self.write("alarum.yaml", "rules: {paths: rule.yml, disable: 11111111-1111-4111-8111-111111111111}\n")
        self.assertIn("1 disabled", self.run_tool("--config", "alarum.yaml", "replay", long, status=2).stderr)

    def test_a_shadow_rule_is_counted_and_tells_nothing(self):
        self.write("shadow.yml", world.rule.replace("alarum:\n", "alarum:\n  stage: shadow\n"))
        self.assertEqual(self.run_tool("replay", "--rules", "shadow.yml", "--", "events.jsonl").stdout, "")
        done = self.run_tool("replay", "--summary", "--rules", "shadow.yml", "--", "events.jsonl")
        self.assertIn(",2\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
