"""alarum rule check, test and explain."""

import json
import unittest

import world


class RuleCheck(world.ToolTest):
    def test_a_sound_rule_is_sound(self):
        done = self.run_tool("rule", "check", "rule.yml")
        self.assertEqual((done.stdout, done.stderr), ("", "1 rule loaded from 1 file\n"))
        self.assertEqual(self.run_tool("--quiet", "rule", "check", "rule.yml").stderr, "")

    def test_problems_are_told_with_place_caret_and_hint(self):
        self.write("bad.yml", world.rule.replace("endswith: '\\vault", "endswiht: '\\vault"))
        done = self.run_tool("rule", "check", "bad.yml", status=2)
        self.assertEqual(
            done.stdout,
            "bad.yml:5:21: unknown modifier 'endswiht'\n"
            "    selection: {Image|endswiht: '\\vaultcmd.exe', CommandLine|contains: /list}\n"
            "                      ^ did you mean 'endswith'?\n",
        )

    def test_warnings_alone_are_findings(self):
        self.write("warn.yml", world.rule.replace("level:", "levle: x\nlevel:"))
        self.assertIn(
            "warning: unknown key 'levle'", self.run_tool("rule", "check", "warn.yml", status=1).stdout
        )

    def test_json_tells_the_same_to_programs(self):
        self.write("all/bad.yml", world.rule.replace("endswith: '\\vault", "endswiht: '\\vault"))
        self.write("all/good.yml", world.rule)
        self.write("all/other.yml", "some: thing\n")
        answer = json.loads(self.run_tool("--format", "json", "rule", "check", "all", status=2).stdout)
        self.assertEqual((answer["files"], answer["rules"], answer["skipped_documents"]), (3, 1, 1))
        self.assertEqual(answer["rejected"], {"unknown_modifier": 1})
        problem = answer["problems"][0]
        self.assertEqual(
            (problem["file"], problem["line"], problem["column"], problem["severity"], problem["reason"]),
            ("all/bad.yml", 5, 21, "error", "unknown_modifier"),
        )

    def test_a_path_that_is_not_there_is_an_error(self):
        self.assertIn("gone", self.run_tool("rule", "check", "gone", status=2).stderr)

    def test_output_that_is_lost_is_an_error(self):
        self.write("bad.yml", "title: x\ndetection: {}\n")
        self.run_into_full_disk("rule", "check", "bad.yml")


class RuleTest(world.ToolTest):
    def test_cases_beside_a_rule_run(self):
        done = self.run_tool("rule", "test", "rule.yml")
        self.assertTrue(done.stdout.endswith("2 passed, 0 failed, 0 skipped\n"), done.stdout)
        self.assertEqual(
            self.run_tool("--quiet", "rule", "test", "rule.yml").stdout, "2 passed, 0 failed, 0 skipped\n"
        )

    def test_a_failure_shows_what_was_true_and_what_was_not(self):
        self.write("rule.yml", world.rule.replace("match: false", "match: true"))
        done = self.run_tool("rule", "test", "rule.yml", status=1)
        self.assertIn(
            "failed  rule.yml:14: Vault Listed: help\n  event 1 of 1 should match and does not\n", done.stdout
        )
        self.assertIn("false   CommandLine|contains: '*/list*'  ← vaultcmd /?", done.stdout)
        self.write("rule.yml", world.rule.replace("match: true", "match: false"))
        self.assertIn("should not match and does", self.run_tool("rule", "test", "rule.yml", status=1).stdout)

    def test_events_are_read_as_a_replay_reads_them(self):
        def outcome(event, match="true"):
            bare = world.rule[: world.rule.index("alarum:")].replace(", CommandLine|contains: /list", "")
            self.write(
                "one.yml",
                f"{bare}alarum: {{tests: [{{name: x, events: [{event}], match: {match}}}]}}\n",
            )
            return self.run_tool("rule", "test", "one.yml", status=0 if match == "true" else 1).stdout

        native = "NewProcessName: 'C:\\vaultcmd.exe'"
        outcome(f"{{{native}}}")
        outcome(f"{{Channel: Security, EventID: 4688, {native}}}")
        outcome(f"{{Event: {{System: {{Channel: Security, EventID: 4688}}, EventData: {{{native}}}}}}}")
        self.assertIn("should not match and does", outcome(f"{{{native}}}", "false"))

    def test_an_event_of_another_channel_is_none_of_the_rules(self):
        other = "{Channel: Security, EventID: 4624, Image: 'C:\\vaultcmd.exe', CommandLine: /list}"
        bare = world.rule[: world.rule.index("alarum:")]
        for match, status in (("false", 0), ("true", 1)):
            self.write(
                "one.yml", f"{bare}alarum: {{tests: [{{name: x, events: [{other}], match: {match}}}]}}\n"
            )
            done = self.run_tool("rule", "test", "one.yml", status=status)
        self.assertIn(
            "should match and does not\n"
            "    false   log source windows/process_creation  ← windows/security\n",
            done.stdout,
        )

    def test_json_lists_the_cases(self):
        results = json.loads(self.run_tool("--format", "json", "rule", "test", "rule.yml").stdout)
        self.assertEqual([result["outcome"] for result in results], ["passed", "passed"])

    def test_nothing_to_test_and_broken_rules_are_errors(self):
        self.write("bare.yml", world.rule[: world.rule.index("alarum:")])
        self.assertIn("no rule has a test", self.run_tool("rule", "test", "bare.yml", status=2).stderr)
        self.write("bad.yml", "title: x\ndetection: {}\n")
        self.run_tool("rule", "test", "rule.yml", "bad.yml", status=2)

    def test_regression_folders_are_run_against_all_rules(self):
        info = """rule_metadata: [{id: 11111111-1111-4111-8111-111111111111}]
regression_tests_info:
  - {name: once, match_count: 1, path: x/one.evtx}
  - {name: twice, match_count: 2, path: x/one.evtx}
  - {name: some, path: x/one.evtx}
  - {name: gone, path: x/gone.evtx}
"""
        event = json.dumps(
            {
                "Event": {
                    "System": {"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational"},
                    "EventData": {"Image": "C:\\vaultcmd.exe", "CommandLine": "/list"},
                }
            },
            indent=2,
        )
        self.write("data/a/info.yml", info)
        self.write("data/a/one.json", event)
        self.write("data/b/info.yml", info.replace("11111111-", "99999999-", 1))
        self.write("data/b/one.json", event)
        done = self.run_tool("rule", "test", "rule.yml", "data", status=1)
        self.assertIn("passed  data/a/info.yml:3: once", done.stdout)
        self.assertIn("failed  data/a/info.yml:4: twice\n  matched 1 times instead of 2\n", done.stdout)
        self.assertIn("passed  data/a/info.yml:5: some", done.stdout)
        self.assertIn("skipped  data/a/info.yml:6: gone", done.stdout)
        self.assertIn("no rule with the id 99999999-1111-4111-8111-111111111111 was loaded", done.stdout)


    def test_a_regression_case_that_is_broken_fails(self):
        head = "rule_metadata: [{id: 11111111-1111-4111-8111-111111111111}]\nregression_tests_info:\n"
        self.write("ok/one.json", world.event())
        self.write("cut/one.json", '{"a": ')
        self.write("packed/one.json", b"\x1f\x8b\x08\x00broken")
        for folder, text in {
            "ok": head + "  - {name: word, match_count: two, path: one.evtx}\n"
            "  - {name: less, match_count: -1, path: one.evtx}\n  - {name: nowhere}\n",
            "cut": head + "  - {name: cut, match_count: 0, path: one.evtx}\n",
            "packed": head + "  - {name: packed, match_count: 0, path: one.evtx}\n",
            "yaml": "rule_metadata: [\n",
            "none": "rule_metadata: [{id: 11111111-1111-4111-8111-111111111111}]\n",
            "nobody": head.replace("{id: 11111111-1111-4111-8111-111111111111}", "")
            + "  - {name: x, path: one.evtx}\n",
        }.items():
            self.write(f"{folder}/info.yml", text)
        done = self.run_tool("rule", "test", ".", status=2)
        lines = done.stdout
        self.assertIn(
            "failed  ./ok/info.yml:3: word\n  its match_count is no count, but 'two'\n", lines
        )
        self.assertIn("failed  ./ok/info.yml:4: less\n  its match_count is no count, but '-1'\n", lines)
        self.assertIn("failed  ./ok/info.yml:5: nowhere\n  it has no 'path' of a file of events\n", lines)
        self.assertIn("failed  ./cut/info.yml:3: cut\n  1 record of its events cannot be decoded\n", lines)
        self.assertIn("failed  ./packed/info.yml:3: packed\n  cannot read './packed/one.json'", lines)
        self.assertIn("failed  ./yaml/info.yml: info.yml\n", lines)
        self.assertIn("failed  ./nobody/info.yml: info.yml\n  it names no rule below 'rule_metadata'", lines)
        self.assertIn("skipped  ./none/info.yml: info.yml\n  it holds no case", lines)
        self.assertIn("2 passed, 7 failed, 1 skipped", lines)

    def test_json_says_how_often_a_regression_case_has_to_match(self):
        self.write(
            "data/info.yml",
            "rule_metadata: [{id: 11111111-1111-4111-8111-111111111111}]\nregression_tests_info:\n"
            "  - {name: once, match_count: 1, path: one.evtx}\n  - {name: some, path: one.evtx}\n",
        )
        self.write("data/one.json", world.event())
        done = self.run_tool("--format", "json", "rule", "test", "rule.yml", "data")
        results = [result for result in json.loads(done.stdout) if "data" in result["place"]]
        self.assertEqual([result.get("match_count") for result in results], [1, None])


class RuleExplain(world.ToolTest):
    def setUp(self):
        super().setUp()
        self.write(
            "events.jsonl",
            "\n".join(
                (world.event(), world.event(EventID=3), json.dumps({"Image": None, "n": ["a", "b"]}), "junk")
            )
            + "\n",
        )

    def test_parts_are_true_false_or_missing_with_the_values_seen(self):
        done = self.run_tool("rule", "explain", "rule.yml", "--event", "events.jsonl", status=2)
        self.assertIn("events.jsonl:1: match\n  true    log source windows/process_creation\n", done.stdout)
        self.assertIn("events.jsonl:2: no match\n  false   log source", done.stdout)
        self.assertIn("missing Image|endswith: '*\\vaultcmd.exe'  ← null", done.stdout)
        self.assertIn("events.jsonl:4: no event: not_object", done.stdout)

    def test_the_log_source_of_an_event_is_shown(self):
        def seen(**fields):
            return self.run_tool(
                "rule", "explain", "rule.yml", "--event", "-", input=json.dumps(fields)
            ).stdout.splitlines()[1]

        wanted = "  false   log source windows/process_creation  ← "
        self.assertEqual(seen(Channel="Security", EventID=4624), wanted + "windows/security")
        self.assertEqual(
            seen(Channel="Microsoft-Windows-Sysmon/Operational", EventID=13),
            wanted + "windows/registry_event,registry_set/sysmon",
        )
        self.assertEqual(seen(Channel="Some\x1b"), wanted + "windows, channel 'Some\\u{001B}' is unknown")
        self.assertEqual(seen(Image="x"), wanted + "windows, no channel")
        done = self.run_tool(
            "rule", "explain", "rule.yml", "--event", "-", "--log-source", "product=linux", input="{}"
        )
        self.assertIn(wanted + "linux\n", done.stdout)
        done = self.run_tool(
            "--format", "json", "rule", "explain", "rule.yml", "--event", "-", input=world.event(EventID=3)
        )
        self.assertEqual(
            json.loads(done.stdout)["event_log_source"],
            {"product": "windows", "service": "sysmon", "categories": ["network_connection"]},
        )

    def test_a_file_without_events_is_told(self):
        done = self.run_tool("rule", "explain", "rule.yml", "--event", "/dev/null", status=2)
        self.assertIn("there is no event in '/dev/null'", done.stderr)

    def test_a_title_of_several_rules_names_none(self):
        self.write("all/a.yml", world.rule)
        self.write("all/b.yml", world.rule.replace("11111111-", "22222222-"))
        done = self.run_tool(
            "rule", "explain", "Vault Listed", "--rules", "all", "--event", "events.jsonl", status=2
        )
        self.assertIn(
            "is the name or title of 2 rules; name one by its id: 11111111-1111-4111-8111-111111111111, "
            "22222222-",
            done.stderr,
        )

    def test_json_is_a_tree_in_each_line(self):
        self.write("one.jsonl", world.event() + "\n")
        done = self.run_tool("--format", "json", "rule", "explain", "rule.yml", "--event", "one.jsonl")
        answer = json.loads(done.stdout)
        self.assertTrue(answer["match"])
        self.assertEqual(answer["condition"]["verdict"], "true")
        item = answer["condition"]["parts"][0]["parts"][1]
        self.assertEqual((item["label"], item["seen"]), ("CommandLine|contains", ["vaultcmd /list"]))

    def test_a_rule_is_found_by_id_and_title(self):
        for name in ("11111111-1111-4111-8111-111111111111", "Vault Listed"):
            done = self.run_tool(
                "rule", "explain", name, "--rules", "rule.yml", "--event", "-", input=world.event()
            )
            self.assertIn("-:1: match", done.stdout)
        done = self.run_tool(
            "rule", "explain", "Vault", "--rules", "rule.yml", "--event", "-", status=2, input=""
        )
        self.assertIn("neither a file nor the id", done.stderr)

    def test_a_fixed_log_source_takes_every_event(self):
        plain = self.write("plain.jsonl", json.dumps({"Image": "\\vaultcmd.exe", "CommandLine": "/list"}))
        self.assertIn("no match", self.run_tool("rule", "explain", "rule.yml", "--event", plain).stdout)
        done = self.run_tool(
            "rule",
            "explain",
            "rule.yml",
            "--event",
            plain,
            "--log-source",
            "product=windows,category=process_creation",
        )
        self.assertIn(": match", done.stdout)
        self.run_tool("rule", "explain", "rule.yml", "--event", plain, "--log-source", "x", status=64)

    def test_a_rule_for_another_product_takes_events_as_its_own(self):
        self.write("linux.yml", world.rule.replace("product: windows", "product: linux"))
        plain = self.write("plain.jsonl", json.dumps({"Image": "\\vaultcmd.exe", "CommandLine": "/list"}))
        self.assertIn(": match", self.run_tool("rule", "explain", "linux.yml", "--event", plain).stdout)

    def test_long_values_and_many_values_are_shortened(self):
        long = world.event(CommandLine=["x" * 500, *(f"v{number}" for number in range(20))])
        done = self.run_tool("rule", "explain", "rule.yml", "--event", "-", input=long)
        self.assertIn("… (500 bytes)", done.stdout)
        self.assertIn("and 13 more values", done.stdout)

    def test_files_that_are_wrong_are_told(self):
        self.write("two.yml", world.rule + "---\n" + world.rule.replace("11111111-", "22222222-"))
        self.assertIn(
            "name one file with one rule",
            self.run_tool("rule", "explain", "two.yml", "--event", "events.jsonl", status=2).stderr,
        )
        self.assertIn(
            "cannot open", self.run_tool("rule", "explain", "rule.yml", "--event", "gone", status=2).stderr
        )


if __name__ == "__main__":
    unittest.main()
