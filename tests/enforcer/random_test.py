"""Random requests to the enforcer, with restarts, reloads, changes of the host and flushes in between: no
protected address is ever in the kernel's sets, and it is no enforcer that blocks nobody, since most of the
others are there, for as long as they should be.

Usage: random_test.py [--requests N] [--restarts N] [--reloads N] [--host-changes N] [--flushes N] [--seed N]
The defaults take about a minute and a half.
"""

import argparse
import collections
import contextlib
import dataclasses
import datetime
import random
import signal
import struct
import sys
import time

from kernel import Block, Kernel, Monitor, Spell, listed, slack
from namespaces import two_hosts
from program import Connection, Enforcer, wait_until
from spans import Spans, is_ipv4, size, span
from targets import Targets

policy = """
limits: {blocks_per_minute_max: 10000000, blocks_per_hour_max: 10000000, blocks_max: 100000,
         networks_max: 1000, protections_max: 10000}
reconcile_interval: 1h
leave_alone: 1s
log: {level: warn}
never_block: [NEVER]
administrators: [10.3.0.128/25, "2001:db8:3::/64"]
"""
never_block = ["10.1.0.0/24", "10.2.0.77", "2001:db8:1::/112", "198.51.100.0/28"]
# What the policy, the host and nature protect for as long as the test runs.
protected = (*never_block, "10.3.0.128/25", "2001:db8:3::/64", "127.0.0.0/8", "::1/128", "0.0.0.0/8",
             "169.254.0.0/16", "fe80::/10", "::/128", "224.0.0.0/4", "ff00::/8", "255.255.255.255/32",
             "10.77.0.1/32", "10.77.0.254/32", "10.77.0.255/32", "2001:db8:77::1/128")
# What a reload protects, and the next one does not; what becomes an address of the host, and goes again.
toggled = "10.9.0.0/28"
moving = "10.11.0.9/32"
strangers = (toggled, moving, "10.1.1.0", "8.8.8.8", "192.0.2.0", "203.0.113.9", "10.77.0.2",
             "2001:db8:9::", "2a00::1")
connections = 28  # of the 32 that one user may have
in_flight = 8  # of each connection, which is what it gets answered in one round
look_interval = 0.6  # shorter than the shortest block by more than a round takes
left_alone_for = 1


@dataclasses.dataclass(slots=True)
class Request:
    """What is asked for; how long it lasts, in seconds, or until when."""

    verb: str
    target: str
    text: str
    seconds: int = 0
    until: float = 0.0

    @property
    def span(self):
        return span(self.target)


class Plan:
    """Random requests."""

    def __init__(self, chance):
        self.chance = chance
        self.targets = Targets(chance, (*protected, *strangers))
        self.count = 0

    def batch(self, most):
        """As many as can be under way at a time."""
        return [self.request() for _ in range(min(most, connections * in_flight))]

    def request(self):
        self.count += 1
        target = self.targets.one()
        kind = self.chance.random()
        # Who asks for most of the world to be left alone is rare: nothing could be blocked meanwhile.
        is_vast = size(span(target)) > 256 and (is_ipv4(span(target)) or span(target)[0] == 0)
        if kind < 0.915 or (is_vast and self.chance.random() < 0.95):
            seconds = self.chance.randint(1, 3)
            text = f"block action=r{self.count} target={target} for={seconds}s"
            return Request("block", target, text, seconds=seconds)
        if kind < 0.985 or size(span(target)) > 256:
            return Request("unblock", target, f"unblock target={target}")
        until = int(time.time()) + 5
        moment = datetime.datetime.fromtimestamp(until, datetime.timezone.utc)
        return Request("protect", target, f"protect target={target} until={moment:%Y-%m-%dT%H:%M:%SZ}",
                       until=until)


class Story:
    """The requests, and what becomes of them."""

    def __init__(self, host, options):
        self.options = options
        self.chance = random.Random(options.seed)
        self.plan = Plan(self.chance)
        self.host = host
        self.enforcer = Enforcer(host, sound()).start()
        self.monitor = Monitor(host, self.enforcer.folder / "told")
        self.connections = []
        self.heard = None  # the answers that are still to be judged
        self.outcomes = collections.Counter()
        self.problems = []
        self.kernel = Kernel(host, self.problems)
        self.guarded = set()  # what a reload and the host protect just now
        self.never = Spans(span(text) for text in protected)
        self.spells = []
        self.is_kill_due = False
        self.looked_at = 0.0
        self.taken = set()  # the single addresses that were answered as done
        self.unprotected = self.done = self.lost_states = self.unanswered = 0

    def run(self):
        deeds = self.deeds()
        self.hear_the_monitor("192.0.2.100")
        self.connect()
        batch = self.plan.batch(self.options.requests)
        while batch:
            while deeds and deeds[-1][0] < self.plan.count:
                self.judge_heard()
                deeds.pop()[1]()
            if time.time() > self.looked_at + look_interval:
                self.judge_heard()
                self.look()
            sent = self.send(batch)
            # The enforcer works meanwhile.
            self.judge_heard()
            following = self.plan.batch(self.options.requests - self.plan.count)
            if self.is_kill_due:
                time.sleep(self.chance.uniform(0, 0.03))
                self.enforcer.kill()
            self.heard = (batch, self.hear(len(batch)), sent, time.time())
            if self.is_kill_due:
                self.judge_heard()
                self.begin_again()
            batch = following
        self.judge_heard()
        self.look()
        self.hear_the_monitor("192.0.2.101")
        self.monitor.stop()
        self.judge_monitor()

    def hear_the_monitor(self, address):
        """Returns when it tells of what is done now."""
        def is_heard():
            self.enforcer.ask(f"block action=m{time.time_ns()} target={address} for=1s")
            return self.monitor.has_just_told(address)

        wait_until(is_heard, "the monitor tells")
        self.kernel.asked(span(address), time.time() + 1)

    def judge_monitor(self):
        told, is_whole = self.monitor.told()
        always = Spans(span(text) for text in protected)
        self.problems += [f"{target} is protected and was taken into the kernel's sets"
                          for target in told if always.meets(target)]
        if is_whole:
            self.problems += [f"{target} was blocked, and the kernel never took it"
                              for target in self.taken - told]
        print(f"nft monitor told of {len(told)} addresses, {len(self.taken)} were answered as blocked"
              f"{'' if is_whole else '; it missed some'}")

    def deeds(self):
        """What happens at which request, the last one first."""
        out = []
        for deed, count in ((self.restart, self.options.restarts), (self.reload, self.options.reloads),
                            (self.move, self.options.host_changes), (self.flush, self.options.flushes)):
            out += [(number, deed) for number in self.chance.sample(range(self.options.requests), count)]
        return sorted(out, key=lambda entry: entry[0], reverse=True)

    def close(self):
        self.disconnect()
        self.monitor.stop()
        self.enforcer.close()

    def connect(self):
        self.connections = [Connection(self.enforcer.socket) for _ in range(connections)]

    def disconnect(self):
        for connection in self.connections:
            connection.close()
        self.connections = []

    def send(self, batch):
        """Sends them all at once, and returns when that was."""
        sent = time.time()
        for place, connection in enumerate(self.connections):
            texts = [request.text.encode() for request in batch[place * in_flight:(place + 1) * in_flight]]
            connection.send(b"".join(struct.pack(">I", len(text)) + text for text in texts))
        return sent

    def hear(self, count):
        """The answers to the batch; None for what got none because the enforcer was killed."""
        out = []
        for connection in self.connections:
            end = min(count, len(out) + in_flight)
            with contextlib.suppress(ConnectionResetError):
                while len(out) < end and (answer := connection.receive()):
                    out.append(answer)
            out += [None] * (end - len(out))
        return out

    def judge_heard(self):
        if self.heard:
            self.judge(*self.heard)
        self.heard = None

    def judge(self, batch, answers, sent, heard):
        """Holds the answers against what is known. In which order the batch was answered is not."""
        sure = Spans(spell.span for spell in self.spells if spell.begins <= sent and spell.ends >= heard)
        others = [(request, answer) for request, answer in zip(batch, answers) if request.verb != "block"]
        self.spells = [spell for spell in self.spells if spell.may_end >= sent]
        for request, answer in others:
            self.count(request, answer)
            self.spells.append(self.spell(request, answer, sent, heard))
        self.kernel.let_go(Spans(request.span for request, _ in others if request.verb == "protect"),
                           {request.span for request, _ in others if request.verb == "unblock"})
        possible = Spans(spell.span for spell in self.spells)
        for request, answer in zip(batch, answers):
            if request.verb == "block":
                self.count(request, answer)
                self.kernel.asked(request.span, heard + request.seconds)
                if answer:
                    self.judge_block(request, answer, sure, possible, (sent, heard))

    def spell(self, request, answer, sent, heard):
        begins = heard if answer else float("inf")
        if answer and not answer.startswith("done"):
            self.problems.append(f"{request.text}: {answer}")
        if request.verb == "unblock":
            return Spell("unblock", request.span, begins, sent + left_alone_for - slack,
                         heard + left_alone_for + slack)
        return Spell("protect", request.span, begins, request.until - slack, request.until + slack)

    def judge_block(self, request, answer, sure, possible, times):
        target = request.span
        is_done = answer.startswith("done")
        is_protected = self.never.meets(target) or size(target) > (256 if is_ipv4(target) else 1 << 64)
        is_free = not is_protected and not possible.meets(target)
        self.unprotected += not is_protected
        if is_done and (is_protected or sure.meets(target)):
            self.problems.append(f"{request.text} was done: {answer}")
        if is_free and not is_done and not (size(target) > 1 and "guard=overlap" in answer):
            self.problems.append(f"{request.text} was refused: {answer}")
        if is_done:
            self.done += 1
            self.judge_done(request, answer, is_free, times)

    def judge_done(self, request, answer, is_free, times):
        facts = dict(word.split("=", 1) for word in answer.split(" ")[1:])
        until = datetime.datetime.fromisoformat(facts["until"]).timestamp()
        is_as_asked = (f"block action={facts['action']} " in request.text
                       and span(facts["target"]) == request.span
                       and (facts["state"], facts["repeated"]) == ("active", "no")
                       and times[0] - slack <= until - request.seconds <= times[1] + slack)
        if not is_as_asked:
            self.problems.append(f"{request.text} was answered with: {answer}")
        if size(request.span) == 1:
            self.taken.add(request.span)
        self.kernel.blocks.append(Block(request.target, request.span, until, is_free))

    def count(self, request, answer):
        if not answer:
            self.unanswered += 1
            if not self.is_kill_due:
                self.problems.append(f"{request.text} got no answer")
            return
        words = answer.split(" ", 2)
        self.outcomes[f"{request.verb} {'done' if words[0] == 'done' else words[1]}"] += 1

    def look(self):
        self.looked_at = time.time()
        self.kernel.look(self.never, self.spells)

    def guard(self, text, is_guarded):
        """From now on this network is protected besides, or not any more."""
        (self.guarded.add if is_guarded else self.guarded.discard)(text)
        self.never = Spans(span(other) for other in (*protected, *self.guarded))
        if is_guarded:
            time.sleep(max(0.0, self.kernel.remnants_until - time.time()))
            self.kernel.let_go(Spans([span(text)]))

    def restart(self):
        """By a signal, a kill, a kill in the middle of requests, or with the state gone."""
        kind = self.chance.random()
        if kind < 0.3:
            self.is_kill_due = True
            return
        if kind < 0.6:
            self.enforcer.kill()
        else:
            self.enforcer.stop()
        if self.chance.random() < 0.15:
            (self.enforcer.folder / "blocks").unlink()
            self.lost_states += 1
            self.begin_again()
            self.spells.clear()
            self.kernel.forget()
            self.looked_at = 0.0
        else:
            self.begin_again()

    def begin_again(self):
        self.is_kill_due = False
        self.disconnect()
        self.enforcer.write_policy(self.sound())  # a broken one keeps a reload out, and a start
        self.enforcer.start()
        self.connect()

    def reload(self):
        """Protects one network more or less; now and then with an error, which keeps it out."""
        is_kept_out = self.chance.random() < 0.3
        if not is_kept_out:
            self.guard(toggled, toggled not in self.guarded)
        # One with an error in between shows when the next one is in force.
        self.adopt(self.sound() + "nonsense: 1\n", "policy=kept_out")
        if not is_kept_out:
            self.adopt(self.sound(), "policy=current")
        if toggled in self.guarded:
            self.look()

    def adopt(self, text, sign):
        self.enforcer.write_policy(text)
        self.enforcer.signal(signal.SIGHUP)
        wait_until(lambda: sign in self.connections[0].ask("status"), sign)

    def move(self):
        """The host gets an address, or loses it."""
        is_there = moving in self.guarded
        self.guard(moving, not is_there)
        self.host.run("ip", "address", "del" if is_there else "add", moving, "dev", "wire")
        if not is_there:
            # Nobody asks meanwhile: it is let go because the kernel told.
            wait_until(lambda: not any(Spans([span(moving)]).meets(span(text)) for text in listed(self.host)),
                       "the address is let go")

    def flush(self):
        """Somebody flushes the whole ruleset, and the table is there again at once."""
        self.host.run("nft", "flush", "ruleset")
        wait_until(lambda: "drop" in self.host.run("nft", "list", "ruleset"), "the table is made anew")
        self.looked_at = 0.0

    def sound(self):
        return sound(self.chance.sample(never_block, len(never_block)) + sorted(self.guarded & {toggled}))


def sound(networks=tuple(never_block)):
    """The policy, with these networks that are never blocked."""
    return policy.replace("NEVER", ", ".join(f'"{network}"' for network in networks))


def report(story, options, seconds):
    """Prints what came of it; whether all is well."""
    def share(count):
        return f"{100 * count / max(1, story.unprotected):.1f} %"

    kernel = story.kernel
    problems = story.problems
    if story.done <= story.unprotected / 2:
        problems.append("fewer than half of the unprotected blocks were done")
    if kernel.seen <= story.unprotected / 2:
        problems.append("fewer than half of the unprotected blocks were seen in the kernel")
    print(*problems[:20], sep="\n")
    print(*(f"{outcome}: {count}" for outcome, count in sorted(story.outcomes.items())), sep="\n")
    print(f"{story.plan.count} requests in {seconds:.0f} s, {options.restarts} restarts ({story.lost_states} "
          f"with the state gone; {story.unanswered} requests without an answer), {options.reloads} reloads, "
          f"{options.host_changes} changes of the host, {options.flushes} flushes")
    print(f"{story.unprotected} unprotected blocks: {story.done} done ({share(story.done)}), {kernel.seen} "
          f"seen in the kernel ({share(kernel.seen)}) by {kernel.looks} listings of {kernel.found} elements "
          f"in all, {kernel.repeated_looks} of them repeated; {len(problems)} problems")
    return not problems


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--requests", type=int, default=200_000)
    arguments.add_argument("--restarts", type=int, default=200)
    arguments.add_argument("--reloads", type=int, default=200)
    arguments.add_argument("--host-changes", type=int, default=50)
    arguments.add_argument("--flushes", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = arguments.parse_args()
    print(f"seed {options.seed}", flush=True)
    began = time.monotonic()
    with two_hosts() as (server, _):
        story = Story(server, options)
        with contextlib.closing(story):
            story.run()
    return 0 if report(story, options, time.monotonic() - began) else 1


if __name__ == "__main__":
    sys.exit(main())
