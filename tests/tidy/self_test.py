"""Proves that each wall can fail: a small tree with a violation of each kind, and what must be said about it.

Every list of violations is compared whole, so that the walls are neither blind nor see what is not there.
Lines that must stay silent (lower layers, groups, specialisations) stand in the same trees. clang-tidy's part
proves that the settings in .clang-tidy are read and bite. So it is with the totals of a run: only a test that
says so itself is skipped; and with fuzzers: one that stands still fails.
"""
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLANG_TIDY = shutil.which("clang-tidy-14")


def run(script, tree):
    """Exit code and output of one wall over a tree given as path → content."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in tree.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_text(content, encoding="utf-8")
        done = subprocess.run([sys.executable, str(HERE / script), folder],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def including(*targets):
    """A file with one include per line, written as given."""
    return "".join(f"#include {target}\n" for target in targets)


class Walls(unittest.TestCase):
    maxDiff = None

    def expect(self, script, tree, violations):
        """`violations`: for each line of output, `path:line` and words of its message."""
        code, output = run(script, tree)
        lines = output.splitlines()
        self.assertEqual(len(lines), len(violations), output)
        for line, (place, words) in zip(lines, violations):
            self.assertTrue(line.startswith(place + ": "), f"{place} is not where {line}")
            self.assertIn(words, line)
        self.assertEqual(code, 1)

    def test_nothing_to_check_is_a_failure(self):
        for script in ("layers.py", "libraries.py", "headers.py", "lengths.py", "documented.py"):
            self.assertEqual(run(script, {"notes.md": "none\n"})[0], 1)

    def test_clean_trees_pass(self):
        header = "#pragma once\n\n/// Why.\nint f();\n"
        tree = {"daemon/base/a.h": header,
                "daemon/base/CMakeLists.txt": "  HEADERS b.h\n          a.h\n",
                "daemon/sigma/a.cc": including('"daemon/base/a.h"', "<vector>")}
        for script in ("layers.py", "libraries.py", "headers.py", "lengths.py", "documented.py"):
            code, output = run(script, tree)
            self.assertEqual((code, output.count("\n")), (0, 1), output)

    def test_layers(self):
        self.expect("layers.py", {
            "config/a.cc": including('"daemon/base/a.h"', '"daemon/event/a.h"', '"daemon/sigma/a.h"'),
            "daemon/alert/a.cc": including('"daemon/alert/b.h"', '"daemon/sigma/a.h"',
                                           '"daemon/event/a.h"'),
            "daemon/base/a.cc": including('"arena.h"', '"daemon/base/../event/a.h"', '"tests/a.h"'),
            "daemon/cli/a.cc": including('"daemon/api/a.h"', '"daemon/kafka/a.h"', '"daemon/demo/a.h"'),
            "daemon/demo/a.cc": including('"daemon/kafka/a.h"', '"daemon/cli/a.h"'),
            "daemon/enforcer/a.cc": including('"config/a.h"', '"daemon/event/a.h"'),
            "daemon/files/a.cc": including('"daemon/pipeline/a.h"', '"detectors/signature/a.h"'),
            "daemon/foo/a.cc": "",
            "daemon/metrics.cc": including('"daemon/cli/a.h"', '"other/a.h"'),
            "detectors/list.cc": including('"detectors/signature/a.h"'),
            "detectors/signature/a.cc": including('"daemon/alert/a.h"', '"detectors/baseline/a.h"',
                                                  '"responders/a.h"'),
            "tests/unit/a.cc": including('"daemon/cli/a.h"', '"tests/a.h"'),
        }, [
            ("config/a.cc:2", "do not include each other"), ("config/a.cc:3", "a higher layer"),
            ("daemon/alert/a.cc:2", "do not include each other"),
            ("daemon/base/a.cc:1", "not rooted"), ("daemon/base/a.cc:2", "not rooted"),
            ("daemon/base/a.cc:3", "nothing outside tests/"),
            ("daemon/cli/a.cc:3", "program of its own"),
            ("daemon/demo/a.cc:2", "may not include daemon/cli"),
            ("daemon/enforcer/a.cc:2", "may not include daemon/event"),
            ("daemon/files/a.cc:1", "do not include each other"),
            ("daemon/foo/a.cc:1", "daemon/foo is in no layer: add it to the table"),
            ("daemon/metrics.cc:2", "other is in no layer"),
            ("detectors/signature/a.cc:2", "do not include each other"),
            ("detectors/signature/a.cc:3", "do not include each other"),
        ])

    def test_libraries(self):
        self.expect("libraries.py", {
            "daemon/base/log.cc": including("<spdlog/spdlog.h>", "<simdjson.h>", "<sys/stat.h>"),
            "daemon/base/log.h": including("<string>", "<spdlog/spdlog.h>  // why", '"daemon/base/a.h"'),
            "daemon/cli/a.h": including("<CLI/CLI.hpp>", "<string.h>", "<surprise/a.h>"),
            "daemon/event/a.cc": including("A_MACRO", "<daemon/base/a.h>"),
            "tests/bench/a.cc": including("<rocksdb/db.h>", "<surprise.h>"),
            "tests/unit/a.cc": including("<catch2/catch.hpp>", "<re2/re2.h>"),
        }, [
            ("daemon/base/log.cc:2", "belongs to daemon/event/json_decoder only"),
            ("daemon/base/log.h:2", "is in a header"),
            ("daemon/cli/a.h:1", "belongs to daemon/cli/command_line only"),
            ("daemon/cli/a.h:2", "neither standard nor system"),
            ("daemon/cli/a.h:3", "neither standard"),
            ("daemon/event/a.cc:1", "an include names a file"), ("daemon/event/a.cc:2", "neither standard"),
            ("tests/bench/a.cc:2", "neither standard"),
            ("tests/unit/a.cc:2", "belongs to daemon/sigma/regex only"),
        ])

    def test_headers(self):
        self.expect("headers.py", {
            "daemon/base/CMakeLists.txt": "  HEADERS b.h\n  SOURCES c.cc a.h\n",
            "daemon/base/a.h": "", "daemon/base/b.h": "",
            "daemon/base/c.h": "", "daemon/base/c.cc": including("<vector>", '"daemon/base/c.h"'),
            "daemon/base/d.h": "", "daemon/base/d.cc": "",
            "daemon/base/e.h": "", "daemon/base/e.cc": "// Why.\n" + including('"daemon/base/e.h"'),
            "responders/a.h": "", "tests/a.h": "",
        }, [
            ("daemon/base/a.h:1", "add it to HEADERS in daemon/base/CMakeLists.txt"),
            ("daemon/base/c.cc:1", "includes daemon/base/c.h not before anything else"),
            ("daemon/base/d.cc:1", "not before"),
            ("responders/a.h:1", "add it to HEADERS in responders/CMakeLists.txt"),
        ])

    def test_lengths(self):
        wide = "ü" * 110
        self.expect("lengths.py", {
            "CMakeLists.txt": "#\n" * 80,
            "a.cmake": "# a\n\n",
            "a.h": "// Why.\n#pragma once\n",
            "a.md": wide + "x \t\n\n",
            "a.py": "\tpass\nx = 1 \n",
            "daemon/a.cc": f"{wide}\n{wide}x\nint a;",
            "daemon/b.cc": "int a;\n" * 400,
            "daemon/c.cc": "int a;\n" * 401,
        }, [
            ("CMakeLists.txt:80", "80 lines"), ("a.cmake:2", "empty lines at the end"),
            ("a.h:1", "#pragma once"), ("a.h:1", "no /// comment"),
            ("a.py:1", "a tab"), ("a.py:2", "white space"),
            ("daemon/a.cc:2", "111 columns"), ("daemon/a.cc:3", "no newline"),
            ("daemon/c.cc:401", "401 lines"),
        ])

    def test_documented(self):
        content = (HERE / "self_test_header.txt").read_text()
        bad = [(f"daemon/base/a.h:{number}", "no /// comment above")
               for number, line in enumerate(content.split("\n"), 1) if line.endswith("// bad")]
        self.assertGreater(len(bad), 5)
        self.expect("documented.py", {"daemon/base/a.h": content, "tests/a.h": "int f();\n"}, bad)

    def test_clang_tidy(self):
        self.assertIsNotNone(CLANG_TIDY, "the package clang-tidy-14 is missing; ./dev test installs it")
        content = ("struct snake {};\nclass Open {\n  int private_member = 0;\n};\nvoid Camel();\n"
                   "int far() {\n" + "\n" * 60 + "return 1; }\n")
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "a.cc"
            source.write_text(content)
            config = f"--config-file={HERE.parents[1]}/.clang-tidy"
            done = subprocess.run([CLANG_TIDY, "--quiet", config, str(source), "--", "-std=c++20"],
                                  capture_output=True, text=True, check=False)
        lines = re.findall(r"^\S+?:(\d+):\d+: error: ", done.stdout, re.MULTILINE)
        self.assertEqual((done.returncode, lines), (1, ["1", "3", "5", "6"]), done.stdout)


RESULTS = """<testsuite>
<testcase name="sound" status="run"/>
<testcase name="wrong" status="fail"><failure message=""/></testcase>
<testcase name="no data" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>
<testcase name="no program" status="notrun"><skipped message="Unable to find executable"/></testcase>
<testcase name="no file" status="notrun"><skipped message="Required Files Missing"/></testcase>
<testcase name="off" status="disabled"/>
</testsuite>
"""


class Totals(unittest.TestCase):
    def totals(self, results, **environment):
        """Exit code and lines of totals.py over the results of one run."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "dev" / "results.xml"
            path.parent.mkdir()
            path.write_text(results, encoding="utf-8")
            without = {name: value for name, value in os.environ.items() if name != "ALARUM_REQUIRE_ALL"}
            done = subprocess.run([sys.executable, str(HERE.parent / "totals.py"), str(path)],
                                  capture_output=True, text=True, check=False, env={**without, **environment})
        return done.returncode, done.stdout.splitlines()

    def test_a_test_that_could_not_start_failed(self):
        code, lines = self.totals(RESULTS)
        self.assertEqual((code, lines), (1, [
            "failed: dev: wrong", "failed: dev: no program (Unable to find executable)",
            "failed: dev: no file (Required Files Missing)", "failed: dev: off", "skipped: dev: no data",
            "1 passed, 4 failed, 1 skipped"]))

    def test_a_test_that_says_so_is_skipped_unless_nothing_may_be(self):
        results = "".join(line for line in RESULTS.splitlines()
                          if "testsuite" in line or "sound" in line or "no data" in line)
        self.assertEqual(self.totals(results),
                         (0, ["skipped: dev: no data", "1 passed, 0 failed, 1 skipped"]))
        self.assertEqual(self.totals(results, ALARUM_REQUIRE_ALL="1")[0], 1)


class Fuzzing(unittest.TestCase):
    def fuzz(self, name, executions):
        """Exit code and output of a fuzzer that works a little, and says it did so many executions."""
        with tempfile.TemporaryDirectory() as folder:
            fuzzer = Path(folder) / f"{name}_fuzzer"
            fuzzer.write_text("#!/bin/sh\ni=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done\n"
                              "echo 'cov: 7' >&2\n"
                              f"echo 'stat::number_of_executed_units: {executions}' >&2\n", encoding="utf-8")
            fuzzer.chmod(0o755)
            done = subprocess.run([sys.executable, str(HERE.parent / "fuzz" / "run.py"), folder,
                                   "--only", name, "--seconds", "15"],
                                  capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.strip()

    def test_what_a_fuzzer_reaches_decides_whether_it_is_known(self):
        spec = importlib.util.spec_from_file_location("run", HERE.parent / "fuzz" / "run.py")
        fuzzing = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(fuzzing)
        with tempfile.TemporaryDirectory() as folder:
            for path, content in {"tests/fuzz/json_fuzzer.cc": including('"daemon/base/a.h"', "<vector>"),
                                  "daemon/base/a.h": including('"daemon/base/b.h"'), "daemon/base/b.h": "",
                                  "daemon/base/b.cc": including('"daemon/base/c.h"'), "daemon/base/c.h": "",
                                  "daemon/base/d.cc": including('"daemon/base/a.h"')}.items():
                (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / path).write_text(content, encoding="utf-8")
            fuzzing.root = Path(folder)
            fuzzing.record = Path(folder) / "fuzzed.txt"
            self.assertEqual(fuzzing.reached("json"), [
                "daemon/base/a.h", "daemon/base/b.cc", "daemon/base/b.h", "daemon/base/c.h",
                "tests/fuzz/json_fuzzer.cc"])
            self.assertFalse(fuzzing.is_known("json"))
            fuzzing.write_down([["json", fuzzing.digest("json"), "60", "1000", "7"]])
            self.assertTrue(fuzzing.is_known("json"))
            (Path(folder) / "daemon/base/c.h").write_text("// changed\n", encoding="utf-8")
            self.assertFalse(fuzzing.is_known("json"))

    def test_a_fuzzer_that_stands_still_fails(self):
        code, said = self.fuzz("json", 10**9)
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"^json: 1,000,000,000 executions in 15 s \(\d+ s of processor\), 7 edges")
        code, said = self.fuzz("json", 10)
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"no finding, but fewer than \d+ executions$")
        self.assertEqual(self.fuzz("state", 10)[0], 0)


if __name__ == "__main__":
    unittest.main()
