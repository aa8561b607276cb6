"""`cmake --install` into a folder of its own: everything stands where docs/operating.md says."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

build = os.environ["ALARUM_BUILD"]
cmake = os.environ["CMAKE"]
exposure_max = 12  # tenths; systemd's own journald has 43, a service without any of it 96

expected = """
    etc/alarum/alarum.yaml
    etc/alarum/conf.d
    etc/alarum/rules
    usr/bin/alarum
    usr/bin/alarumd
    usr/lib/systemd/system/alarumd.service
    usr/lib/sysusers.d/alarum.conf
    usr/share/alarum/rules/signatures
    usr/share/doc/alarum/LICENSE
    usr/share/doc/alarum/operating.md
    usr/share/doc/alarum/reference/metrics.md
    """.split()


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


class Install(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        self.install()
        self.unit = self.root / "usr/lib/systemd/system/alarumd.service"

    def install(self):
        done = run(cmake, "--install", build, env=dict(os.environ, DESTDIR=str(self.root)))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_everything_is_at_its_place(self):
        missing = [path for path in expected if not (self.root / path).exists()]
        self.assertEqual(missing, [], "configure with the prefix of the presets, /usr")

    def test_nothing_knows_where_it_was_built(self):
        source = str(pathlib.Path(__file__).resolve().parents[2])
        for path in self.root.rglob("*"):
            if path.is_file() and path.suffix in (".service", ".conf", ".yaml", ".yml", ".md"):
                self.assertNotIn(source, path.read_text(encoding="utf-8"), path)

    def test_the_installed_configuration_is_sound(self):
        config = self.root / "etc/alarum/alarum.yaml"
        done = run(self.root / "usr/bin/alarum", "--config", config, "config", "check")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_configuration_that_is_there_stays(self):
        path = self.root / "etc/alarum/alarum.yaml"
        path.write_text("log: {level: warn}\n", encoding="utf-8")
        self.install()
        self.assertEqual(path.read_text(encoding="utf-8"), "log: {level: warn}\n")

    def test_the_unit_starts_what_was_installed(self):
        text = self.unit.read_text(encoding="utf-8")
        self.assertRegex(text, r"(?m)^ExecStart=/usr/bin/alarumd --config /etc/alarum/alarum.yaml$")
        user = re.search(r"(?m)^User=(.*)$", text)[1]
        made = (self.root / "usr/lib/sysusers.d/alarum.conf").read_text(encoding="utf-8")
        self.assertRegex(made, rf"(?m)^u {user} - ")

    def test_systemd_understands_the_unit(self):
        # systemd looks for the programs too: those of this machine, and one in the place of the daemon.
        unit = self.root / "alarumd.service"
        text = self.unit.read_text(encoding="utf-8").replace("/usr/bin/alarumd", "/bin/true")
        unit.write_text(re.sub(r"(?m)^Documentation=.*\n", "", text), encoding="utf-8")
        done = run("systemd-analyze", "verify", "--man=no", unit)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_a_taken_over_daemon_could_do_little(self):
        threshold = f"--threshold={exposure_max}"
        done = run("systemd-analyze", "security", "--offline=true", "--no-pager", threshold, self.unit)
        self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)


if __name__ == "__main__":
    unittest.main()
