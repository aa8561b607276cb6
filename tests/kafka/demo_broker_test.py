"""alarum-demo-broker: a broker for the demo and fast tests, for our source and sink. Needs no Java."""

import os
import signal
import subprocess
import unittest

import broker
import driver
import sink_test


class DemoBroker(unittest.TestCase):
    def start(self, *arguments):
        process = subprocess.Popen([os.environ["ALARUM_DEMO_BROKER"], *arguments], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)  # in the reverse order: first killed, then read to the end
        self.addCleanup(process.kill)
        return process, process.stdout.readline().strip()

    def test_it_serves_the_topics_that_it_was_told_to_create(self):
        _, brokers = self.start("--topic", "t:3", "--topic", "other:1")
        said = sink_test.Delivery(brokers, "other", ["key value"]).rest()
        self.assertEqual(said, ["delivered 1"])
        lab = broker.Lab(brokers)
        self.assertEqual(lab.consume("other"), [(0, 0, "key", "value")])
        for partition in range(3):
            lab.produce("t", partition, [f"{partition}-{i}" for i in range(100)])
        with driver.Driver(brokers) as driven:
            driven.until_records(300)
            self.assertEqual(len(driven.of("start")), 3)
            self.assertEqual(driven.health(lambda health: health[1] == 0), (True, 0, ""))

    def test_it_ends_with_whoever_started_it_or_by_a_signal(self):
        process, _ = self.start("--until-stdin-closes")
        process.stdin.close()
        process.stdin = None
        self.assertEqual(process.wait(timeout=20), 0)
        for number in (signal.SIGTERM, signal.SIGINT):
            process, brokers = self.start()
            self.assertRegex(brokers, r"^127\.0\.0\.1:\d+$")
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=20), 0)

    def test_a_command_line_that_is_wrong_is_told(self):
        for words, message in ((["--topic", "t"], "takes NAME:PARTITIONS"), (["--topic", "t:0"], "not 't:0'"),
                               (["x"], "'x' is not an option")):
            process, _ = self.start(*words)
            self.assertIn(message, process.stderr.read())
            self.assertEqual(process.wait(timeout=20), 64)


if __name__ == "__main__":
    unittest.main()
