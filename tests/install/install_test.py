"""`cmake --install` into a folder of its own: everything stands where docs/operating.md says."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

build = os.environ["ALARUM_BUILD"]
cmake = os.environ["CMAKE"]
# Tenths; systemd's own journald has 43, a service without any of it 96.
exposures_max = {"alarumd": 12, "alarum-enforcer": 13, "alarum-runner@": 13}

expected = """
    etc/alarum/alarum.yaml
    etc/alarum/conf.d
    etc/alarum/enforcer.yaml
    etc/alarum/rules
    etc/alarum/runner
    usr/bin/alarum
    usr/bin/alarum-enforcer
    usr/bin/alarum-runner
    usr/bin/alarumd
    usr/lib/systemd/system/alarum-enforcer.service
    usr/lib/systemd/system/alarum-enforcer.socket
    usr/lib/systemd/system/alarum-runner@.service
    usr/lib/systemd/system/alarum-runner@.socket
    usr/lib/systemd/system/alarumd.service
    usr/lib/sysusers.d/alarum.conf
    usr/share/alarum/rules/signatures
    usr/share/doc/alarum/LICENSE
    usr/share/doc/alarum/docs/enforcer.md
    usr/share/doc/alarum/docs/operating.md
    usr/share/doc/alarum/docs/dashboards/rules.yaml
    usr/share/doc/alarum/docs/runner.md
    usr/share/doc/alarum/docs/reference/metrics.md
    """.split()


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


class Install(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        self.install()
        self.units = self.root / "usr/lib/systemd/system"

    def install(self):
        done = run(cmake, "--install", build, env=dict(os.environ, DESTDIR=str(self.root)))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_everything_is_at_its_place(self):
        missing = [path for path in expected if not (self.root / path).exists()]
        self.assertEqual(missing, [], "configure with the prefix of the presets, /usr")

    def test_nothing_knows_where_it_was_built(self):
        source = str(pathlib.Path(__file__).resolve().parents[2])
        for path in self.root.rglob("*"):
            if path.is_file() and path.suffix in (".service", ".socket", ".conf", ".yaml", ".yml", ".md"):
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

    def test_the_installed_policy_is_sound(self):
        policy = self.root / "etc/alarum/enforcer.yaml"
        self.assertEqual(policy.stat().st_mode & 0o777, 0o640)
        done = run(self.root / "usr/bin/alarum-enforcer", "--policy", policy, "--check")
        wanted = 0 if os.geteuid() == 0 else 78  # whom the file belongs to is part of it
        self.assertEqual(done.returncode, wanted, done.stdout + done.stderr)

    def test_the_units_start_what_was_installed(self):
        made = (self.root / "usr/lib/sysusers.d/alarum.conf").read_text(encoding="utf-8")
        for unit, command in (("alarumd", "alarumd --config /etc/alarum/alarum.yaml"),
                              ("alarum-enforcer", "alarum-enforcer --policy /etc/alarum/enforcer.yaml"),
                              ("alarum-runner@", "alarum-runner --policy /etc/alarum/runner/%i.yaml "
                                                 "--state /var/lib/alarum-runner/%i/book")):
            text = (self.units / f"{unit}.service").read_text(encoding="utf-8")
            self.assertRegex(text, rf"(?m)^ExecStart=/usr/bin/{command}$")
            user = re.search(r"(?m)^User=(.*)$", text)[1]
            self.assertRegex(made, rf"(?m)^u {user} - ")

    def test_a_reload_with_a_broken_policy_reaches_the_enforcer_and_fails(self):
        text = (self.units / "alarum-enforcer.service").read_text(encoding="utf-8")
        reloads = re.findall(r"(?m)^ExecReload=(.*)$", text)
        self.assertEqual(reloads, ["/bin/sh -c 'kill -HUP $MAINPID'",
                                   "/usr/bin/alarum-enforcer --policy /etc/alarum/enforcer.yaml --check"])

    def test_systemd_understands_the_units(self):
        # systemd looks for the programs too: those of this machine, and one in the place of ours.
        copies = []
        for path in sorted(self.units.glob("alarum*")):
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"/usr/bin/alarum[a-z-]*", "/bin/true", text)
            copies.append(self.root / path.name)
            copies[-1].write_text(re.sub(r"(?m)^Documentation=.*\n", "", text), encoding="utf-8")
        done = run("systemd-analyze", "verify", "--man=no", *copies)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_a_taken_over_program_could_do_little(self):
        for program, exposure_max in exposures_max.items():
            done = run("systemd-analyze", "security", "--offline=true", "--no-pager",
                       f"--threshold={exposure_max}", self.units / f"{program}.service")
            self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)


if __name__ == "__main__":
    unittest.main()
