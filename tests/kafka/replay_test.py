"""alarum replay --source, of a URL or of a configured source, against a real broker."""

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
        broker.Broker.serve(cls)
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
        for word, message in (("kafka://events", "is not kafka://HOST:PORT/TOPIC"),
                              ("windows", "no source 'windows'; a topic is kafka://HOST:PORT/TOPIC"),
                              (self.url(query="?fetch.min.byte=1"), "did you mean 'fetch.min.bytes'?")):
            self.assertIn(message, self.replay(word, status=64).stderr)
        for words, message in ((("--from", "soon"), "--from: 'soon' is neither"),
                               (("--", "a.jsonl"), "reads files, or the topics of a --source")):
            self.assertIn(message, self.replay(self.url(), *words, status=64).stderr)
        self.run_tool("replay", "--rules", "rule.yml", status=64)

    def configure(self, topics, *lines, name="windows", log_source="windows"):
        """Writes a configuration with one source, and gives its options."""
        settings = "".join(f"      {line}\n" for line in lines)
        self.write("alarum.yaml",
                   f"sources:\n  - name: {name}\n    log_source: {log_source}\n    kafka:\n"
                   f"      brokers: [{self.broker.brokers}]\n      topics: {topics}\n{settings}")
        return (name, "--config", "alarum.yaml")

    def test_a_source_of_the_configuration_is_read_as_the_daemon_reads_it(self):
        self.assertEqual(self.replay(*self.configure("[events]")).stdout, self.replay(self.url()).stdout)
        named = self.replay(*self.configure("[events]", name="other")).stdout
        self.assertEqual(named, self.replay(self.url(query="?name=other")).stdout)
        self.assertEqual(self.places(*self.configure("[events]"), "--from", "1", "--to", "2"),
                         [(0, 1), (1, 1), (2, 1)])

    def test_all_topics_of_a_source_are_read_in_their_order(self):
        self.lab.create("more")
        self.lab.produce("more", 0, [world.event()])
        one, other = (self.replay(self.url(topic)).stdout for topic in ("events", "more"))
        self.assertEqual(self.replay(*self.configure("[more, events]")).stdout, other + one)
        gone = self.replay(*self.configure("[events, gone]"), status=4)
        self.assertIn("there is no topic 'gone'", gone.stderr)

    def test_a_source_says_what_its_events_are_unless_the_command_line_does(self):
        options = self.configure("[events]", log_source="product=linux")
        self.assertEqual(self.places(*options), [])
        self.assertEqual(len(self.places(*options, "--log-source", "windows")), 9)

    def test_a_configured_source_connects_with_its_secrets(self):
        options = self.configure("[events]", "properties_files: {sasl.username: user}")
        self.assertIn("cannot read 'user'", self.replay(*options, status=3).stderr)
        self.write("events.jsonl", world.event() + "\n")
        self.run_tool("replay", "--rules", "rule.yml", "--config", "alarum.yaml", "--", "events.jsonl")
        self.write("user", "anna\n")
        self.assertEqual(len(self.places(*options)), 9)
        options = self.configure("[events]", "properties_files: {security.protocol: user}")
        self.assertIn("security.protocol", self.replay(*options, status=3).stderr)

    def test_a_source_that_is_not_configured_is_said(self):
        _, *config = self.configure("[events]")
        self.assertIn("did you mean 'windows'?", self.replay("window", *config, status=64).stderr)

    def test_people_see_where_a_record_stands(self):
        done = self.replay(self.url(), "--format", "human")
        self.assertIn("events/2:1  rule 11111111", done.stdout)


if __name__ == "__main__":
    unittest.main()
