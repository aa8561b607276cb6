"""alarum replay --source kafka://… against a real broker."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tool"))
import broker  # noqa: E402
import world  # noqa: E402


class Replay(world.ToolTest):
    @classmethod
    def setUpClass(cls):
        cls.broker = broker.Broker()
        cls.broker.__enter__()
        cls.addClassCleanup(cls.broker.__exit__)
        cls.lab = cls.broker.lab
        cls.lab.create("events", 3)
        for partition in range(3):
            times = (1700000000000 + partition * 10000 + i * 1000 for i in range(4))
            lines = [world.event(i, CommandLine=f"/list {partition}") for i in range(3)] + ["no JSON"]
            cls.lab.produce("events", partition, [f"{t} @{line}" for t, line in zip(times, lines)])

    def url(self, topic="events", query="?name=windows"):
        return f"kafka://{self.broker.brokers}/{topic}{query}"

    def replay(self, *options, **more):
        return self.run_tool("replay", "--rules", "rule.yml", "--source", *options, **more)

    def places(self, *options):
        alerts = [json.loads(line)["evidence"][0] for line in self.replay(*options).stdout.splitlines()]
        return [(alert["partition"], alert["offset"]) for alert in alerts]

    def test_a_topic_is_read_partition_by_partition_to_its_end(self):
        done = self.replay(self.url())
        evidence = [json.loads(line)["evidence"][0] for line in done.stdout.splitlines()]
        self.assertEqual([(at["partition"], at["offset"]) for at in evidence],
                         [(partition, offset) for partition in range(3) for offset in range(3)])
        self.assertEqual({(at["source"], at["topic"]) for at in evidence}, {("windows", "events")})
        self.assertEqual(evidence[4]["timestamp"], "2023-11-14T22:13:31.000000Z")
        self.assertIn("9 evaluated, 3 dead letters", done.stderr)
        self.assertIn("events/1:3: not_object", done.stderr)

    def test_the_same_topic_and_name_give_the_same_bytes(self):
        self.assertEqual(self.replay(self.url()).stdout, self.replay(self.url()).stdout)
        self.assertNotEqual(self.replay(self.url()).stdout, self.replay(self.url(query="")).stdout)

    def test_a_range_is_of_offsets_or_times(self):
        self.assertEqual(self.places(self.url(), "--from", "1", "--to", "2"), [(0, 1), (1, 1), (2, 1)])
        self.assertEqual(self.places(self.url(), "--from", "2023-11-14T22:13:31Z", "--to",
                                     "2023-11-14T22:13:41Z"), [(1, 1), (1, 2), (2, 0)])
        self.assertEqual(self.places(self.url(), "--from", "latest"), [])

    def test_more_records_than_one_batch_holds_are_all_read(self):
        self.lab.create("many")
        self.lab("produce", "many", 0, 5000, text=world.event(CommandLine="other") + "\n")
        self.lab.produce("many", 0, [world.event()])
        self.assertEqual(self.places(self.url("many")), [(0, 5000)])

    def test_what_cannot_be_read_is_said(self):
        self.assertIn("there is no topic 'gone'", self.replay(self.url("gone"), status=4).stderr)
        nobody = f"kafka://127.0.0.1:{broker.free_port()}/events?socket.timeout.ms=1000"
        self.assertIn("Connection refused", self.replay(nobody, status=4).stderr)
        for word, message in (("windows", "is not kafka://HOST:PORT/TOPIC"),
                              (self.url(query="?fetch.min.byte=1"), "did you mean 'fetch.min.bytes'?")):
            self.assertIn(message, self.replay(word, status=64).stderr)
        self.assertIn("--from 'soon' is neither", self.replay(self.url(), "--from", "soon", status=64).stderr)
        self.assertIn("reads files, or a topic", self.replay(self.url(), "--", "a.jsonl", status=64).stderr)
        self.run_tool("replay", "--rules", "rule.yml", status=64)

    def test_people_see_where_a_record_stands(self):
        done = self.replay(self.url(), "--format", "human")
        self.assertIn("events/2:1  rule 11111111", done.stdout)


if __name__ == "__main__":
    unittest.main()
