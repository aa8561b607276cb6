"""The Kafka sink against a real broker: every entry arrives with its key, or is refused with a reason."""

import os
import subprocess
import threading
import unittest

import broker


class Delivery:
    """Entries on their way through alarum-kafka-sink-driver."""

    def __init__(self, brokers, topic, lines, *properties):
        self.process = subprocess.Popen(
            [os.environ["ALARUM_KAFKA_SINK_DRIVER"], brokers, topic, *properties],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write("".join(line + "\n" for line in lines))
        self.process.stdin.close()
        self.timer = threading.Timer(60, self.process.kill)
        self.timer.start()

    def line(self):
        """The next thing it says; nothing when it has ended."""
        return self.process.stdout.readline().rstrip()

    def rest(self):
        """Everything that it says until it ends."""
        out = self.process.stdout.read().splitlines()
        self.process.stdout.close()
        self.timer.cancel()
        assert self.process.wait() == 0, out
        return [line.rstrip() for line in out]


class Sink(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        broker.Broker.serve(cls)

    def setUp(self):
        self.topic = self.id().split(".")[-1]

    def deliver(self, *lines, properties=()):
        return Delivery(self.broker.brokers, self.topic, lines, *properties)

    def test_entries_arrive_with_their_key(self):
        self.lab.create(self.topic, 3)
        said = self.deliver(*(f"key{i} value {i}" for i in range(500))).rest()
        self.assertEqual(sorted(said), sorted(f"delivered {i + 1}" for i in range(500)))
        found = {(key, value) for _, _, key, value in self.lab.consume(self.topic)}
        self.assertEqual(found, {(f"key{i}", f"value {i}") for i in range(500)})
        self.assertEqual(len(self.lab.consume(self.topic)), 500)

    def test_what_is_too_large_for_the_topic_is_refused_and_what_was_beside_it_is_not(self):
        self.lab.create(self.topic, max_message_bytes=20000)
        said = self.deliver("a *9000", "b *30000", "c *9000", "d *9000", "e *900").rest()
        self.assertEqual([line for line in said if line.startswith("refused")],
                         ["refused 2 Broker: Message size too large"])
        self.assertEqual(sorted(key for _, _, key, _ in self.lab.consume(self.topic)), ["a", "c", "d", "e"])

    def test_what_is_too_large_for_the_producer_is_refused(self):
        self.lab.create(self.topic)
        said = self.deliver("a *2000000", "b x").rest()
        self.assertEqual(said, ["refused 1 larger than the producer's message.max.bytes", "delivered 2"])

    def test_a_topic_that_is_missing_is_waited_for(self):
        delivery = self.deliver("a x", "b y")
        self.assertEqual(delivery.line(), f"trouble there is no topic '{self.topic}'")
        self.lab.create(self.topic)
        said = delivery.rest()
        self.assertEqual(sorted(line for line in said if not line.startswith("trouble")),
                         ["delivered 1", "delivered 2"])
        self.assertEqual(len(self.lab.consume(self.topic)), 2)

    def test_a_broker_that_is_back_is_noticed_with_nothing_to_deliver(self):
        self.lab.create(self.topic)
        delivery = self.deliver("a x", properties=["idle=30"])
        self.assertEqual(delivery.line(), "delivered 1")
        self.broker.kill()
        self.assertRegex(delivery.line(), "^trouble .+")
        self.broker.start()
        said = delivery.rest()
        self.assertEqual(said[-1], "trouble", said)

    def test_a_broker_that_is_down_is_waited_for(self):
        self.lab.create(self.topic)
        self.broker.kill()
        delivery = self.deliver("a x", "b y")
        self.assertTrue(delivery.line().startswith("trouble "))
        self.broker.start()
        self.assertLessEqual({"delivered 1", "delivered 2"}, set(delivery.rest()))
        self.assertEqual(len(self.lab.consume(self.topic)), 2)


if __name__ == "__main__":
    unittest.main()
