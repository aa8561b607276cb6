"""The Kafka source against a real broker: every record once and in order, or the gap that explains why."""

import time
import unittest

import broker
import driver


def values(driven, partition=None):
    """The bytes of the records, in the order in which they came."""
    words = [record.split(" ", 4) for record in driven.of("record")]
    return [text for _, number, _, _, text in words if partition in (None, int(number))]


def offsets(driven, partition):
    words = [record.split(" ", 4) for record in driven.of("record")]
    return [int(offset) for _, number, offset, _, _ in words if int(number) == partition]


class Source(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        broker.Broker.serve(cls)

    def setUp(self):
        self.topic = self.id().split(".")[-1]

    def drive(self, start="earliest", positions=(), properties=()):
        driven = driver.Driver(self.broker.brokers, self.topic, start, positions, properties)
        self.addCleanup(driven.__exit__)
        return driven

    def test_every_record_comes_once_in_order_with_its_coordinates(self):
        self.lab.create(self.topic, 3)
        for partition in range(3):
            lines = [f"1700000000{i:03} @{partition}-{i}" for i in range(500)]
            self.lab.produce(self.topic, partition, lines)
        driven = self.drive()
        driven.until_records(1500)
        driven.until(lambda: len(driven.of("end")) >= 3)
        for partition in range(3):
            self.assertEqual(values(driven, partition), [f"{partition}-{i}" for i in range(500)])
            self.assertEqual(offsets(driven, partition), list(range(500)))
        self.assertIn(f"{self.topic} 1 7 1700000000007000 1-7", driven.of("record"))
        self.assertIn(f"{self.topic} 2 500", driven.of("end"))
        self.assertEqual(driven.health(), (True, 0, ""))

    def test_it_goes_on_where_it_was_and_publishes_that(self):
        self.lab.create(self.topic)
        self.lab.produce(self.topic, 0, ["a", "b"])
        first = self.drive()
        first.until_records(2)
        positions = first.stop()
        self.lab.produce(self.topic, 0, ["c"])
        second = self.drive("latest", positions)
        second.until_records(1)
        self.assertEqual((values(second), second.of("start")), (["c"], [f"{self.topic} 0 2"]))
        deadline = time.monotonic() + 20
        while self.lab("committed", "driver", self.topic, 0).strip() != "3":
            self.assertLess(time.monotonic(), deadline)
            second.health()

    def test_a_new_source_starts_where_it_is_told(self):
        self.lab.create(self.topic)
        self.lab.produce(self.topic, 0, [f"{1700000000000 + i * 1000} @{i}" for i in range(5)])
        self.lab("trim", self.topic, 0, 1)
        for start, offset in (("earliest", 1), ("latest", 5), ("2023-11-14T22:13:22.5Z", 3),
                              ("2030-01-01T00:00:00Z", 5)):
            driven = self.drive(start)
            driven.until(lambda driven=driven: driven.of("start"))
            self.assertEqual(driven.of("start"), [f"{self.topic} 0 {offset}"], start)

    def test_partitions_that_are_added_later_are_read_from_the_beginning(self):
        self.lab.create(self.topic)
        self.lab.produce(self.topic, 0, ["old"])
        driven = self.drive("latest")
        driven.until(lambda: driven.of("start"))
        self.lab("grow", self.topic, 3)
        self.lab.produce(self.topic, 2, ["new"])
        self.lab.produce(self.topic, 0, ["next"])
        driven.until_records(2)
        self.assertEqual(sorted(values(driven)), ["new", "next"])
        self.assertEqual(driven.of("start"), [f"{self.topic} 0 1", f"{self.topic} 1 0", f"{self.topic} 2 0"])

    def test_a_topic_that_does_not_exist_yet_is_waited_for(self):
        driven = self.drive("latest")
        driven.health(lambda health: "there is no topic" in health[2])
        self.lab.create(self.topic)
        self.lab.produce(self.topic, 0, ["first"])
        driven.until_records(1)
        self.assertEqual(driven.health(), (True, 0, ""))

    def test_retention_that_overtook_us_is_an_exact_gap(self):
        self.lab.create(self.topic)
        self.lab.produce(self.topic, 0, [str(i) for i in range(10)])
        self.lab("trim", self.topic, 0, 6)
        driven = self.drive(positions=[f"{self.topic} 0 2 1 1"])
        driven.until_records(4)
        self.assertEqual(driven.of("start"), [f"{self.topic} 0 6 retention 2 6"])
        self.assertEqual(offsets(driven, 0), [6, 7, 8, 9])

    def test_retention_that_overtakes_a_slow_reader_is_an_exact_gap(self):
        self.lab.create(self.topic)
        text = "x" * 50_000
        self.lab.produce(self.topic, 0, [text] * 4)
        driven = self.drive(properties=["queued.min.messages=1", "fetch.message.max.bytes=60000"])
        driven.until_records(4)
        driven.tell("pause")
        self.lab.produce(self.topic, 0, [text] * 40)
        self.assertEqual(driven.health(lambda health: health[1] == 40), (True, 40, ""))
        self.lab("trim", self.topic, 0, 44)
        self.lab.produce(self.topic, 0, ["last"])
        driven.tell("resume")
        driven.until(lambda: "last" in values(driven))
        read = offsets(driven, 0)
        self.assertEqual(driven.of("start")[1:], [f"{self.topic} 0 44 retention {read[-2] + 1} 44"])
        self.assertEqual(read, list(range(read[-2] + 1)) + [44])

    def old_topic(self):
        self.lab.create(self.topic)
        self.lab.produce(self.topic, 0, [f"old {i}" for i in range(10)])
        driven = self.drive()
        driven.until_records(10)
        return driven

    def new_topic(self, records):
        self.lab.create(self.topic)
        self.lab.produce(self.topic, 0, [f"new {i}" for i in range(records)])

    def expect_new_topic(self, driven, records):
        driven.until(lambda: len([value for value in values(driven) if "new" in value]) >= records)
        self.assertEqual(values(driven)[-records:], [f"new {i}" for i in range(records)])
        self.assertEqual(driven.of("start")[-1], f"{self.topic} 0 0 recreated 10 10")

    def test_a_topic_made_anew_with_fewer_records_is_read_from_its_beginning(self):
        driven = self.old_topic()
        self.lab("delete", self.topic)
        self.new_topic(3)
        self.expect_new_topic(driven, 3)

    def test_a_topic_made_anew_and_filled_at_once_is_read_from_its_beginning(self):
        driven = self.old_topic()
        time.sleep(1)  # for as long as it takes to look at the old topic once
        self.lab("delete", self.topic)
        self.new_topic(10)
        driven.until(lambda: {f"new {i}" for i in range(10)} <= set(values(driven)))
        self.assertIn(" recreated ", driven.of("start")[-1])

    def test_a_topic_that_was_gone_is_read_from_its_beginning(self):
        driven = self.old_topic()
        self.lab("delete", self.topic)
        driven.until(lambda: driven.of("recreated"))
        self.new_topic(20)
        self.expect_new_topic(driven, 20)

    def test_a_topic_made_anew_while_we_were_away_is_read_from_its_beginning(self):
        for records in (3, 20):
            with self.subTest(records):
                positions = self.old_topic().stop()
                self.lab("delete", self.topic)
                self.new_topic(records)
                driven = self.drive("latest", positions)
                self.expect_new_topic(driven, records)
                driven.stop()
                self.lab("delete", self.topic)

    def test_paused_it_gives_nothing_and_knows_how_far_behind_it_is(self):
        self.lab.create(self.topic)
        driven = self.drive()
        driven.until(lambda: driven.of("end"))
        driven.tell("pause")
        driven.health()
        self.lab.produce(self.topic, 0, ["a", "b"])
        self.assertEqual(driven.health(lambda health: health[1] == 2), (True, 2, ""))
        self.assertEqual(values(driven), [])
        driven.tell("resume")
        driven.until_records(2)

    def test_settings_that_are_wrong_are_named(self):
        for word, message in (("fetch.wait.max.mss=1", "did you mean 'fetch.wait.max.ms'?"),
                              ("enable.auto.commit=true", "has to be false"),
                              ("fetch.wait.max.ms=never", "the value of property 'fetch.wait.max.ms'")):
            done = driver.run(self.broker.brokers, word)
            self.assertEqual(done.returncode, 1)
            self.assertIn(message, done.stderr)


class Outage(unittest.TestCase):
    def test_a_broker_that_is_killed_and_comes_back_costs_nothing(self):
        with broker.Broker() as real, driver.Driver(real.brokers) as driven:
            real.lab.create("t", 3)
            for partition in range(3):
                real.lab.produce("t", partition, ["before"])
            driven.until_records(3)
            real.kill()
            _, _, trouble = driven.health(lambda health: not health[0])
            self.assertNotEqual(trouble, "")
            real.start()
            for partition in range(3):
                real.lab.produce("t", partition, ["after"])
            began = time.monotonic()
            driven.until_records(6)
            self.assertLess(time.monotonic() - began, 30)
            for partition in range(3):
                self.assertEqual(values(driven, partition), ["before", "after"])
            self.assertEqual(len(driven.of("start")), 3)
            self.assertEqual(driven.health(lambda health: health[0]), (True, 0, ""))


if __name__ == "__main__":
    unittest.main()
