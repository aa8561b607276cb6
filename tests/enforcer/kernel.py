"""What is in the kernel's sets, as nft lists it, held against what should be there."""

import dataclasses
import json
import subprocess
import time

from spans import Spans, span

slack = 0.15  # seconds that the test's look at the clock may be behind the enforcer's


@dataclasses.dataclass(slots=True)
class Block:
    """What was answered as done."""

    target: str
    span: tuple
    until: float
    is_certain: bool  # nothing that was asked for besides can have ended it
    is_seen: bool = False


@dataclasses.dataclass(slots=True)
class Spell:
    """A time in which somebody is not blocked because somebody asked for it: surely from `begins` to `ends`,
    possibly from when it was asked for to `may_end`."""

    verb: str
    span: tuple
    begins: float
    ends: float
    may_end: float


def listed(host):
    """The elements of the sets, as nft lists them; none where there is no table."""
    done = subprocess.run(["ip", "netns", "exec", host.name, "nft", "-j", "list", "table", "inet", "alarum"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0 and "No such file or directory" in done.stderr:
        return set()
    if done.returncode != 0:
        raise RuntimeError(f"nft does not list the table: {done.stderr}")
    out = set()
    for thing in json.loads(done.stdout)["nftables"]:
        for element in thing.get("set", {}).get("elem", []):
            value = element["elem"]["val"] if isinstance(element, dict) and "elem" in element else element
            if isinstance(value, dict):
                value = f"{value['prefix']['addr']}/{value['prefix']['len']}"
            out.add(value)
    return out


class Monitor:
    """What nft tells of every single address that the kernel takes into a set, also of those that are gone
    before anybody lists them. Of networks it tells borders, and sorts them out wrongly."""

    def __init__(self, host, path):
        self.path = path
        with open(path, "wb") as out:
            self.process = subprocess.Popen(["ip", "netns", "exec", host.name, "nft", "monitor", "new",
                                             "elements"], stdout=out)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def has_just_told(self, address):
        with open(self.path, "rb") as lines:
            lines.seek(max(0, self.path.stat().st_size - 4096))
            return f" {address} ".encode() in lines.read()

    def told(self):
        """The spans of the addresses that it told of; and whether it missed some, which it says."""
        out = set()
        is_whole = True
        with open(self.path, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(("add element inet alarum b4 { ", "add element inet alarum b6 { ")):
                    elements = line.partition("{ ")[2].partition(" }")[0].split(", ")
                    out.update(span(element.partition(" ")[0]) for element in elements)
                is_whole = is_whole and not line.startswith("# ERROR")
        return out, is_whole


class Kernel:
    """What should be in the kernel's sets, and what is found there. It is looked at while no request is under
    way, so that both can be compared."""

    def __init__(self, host, problems):
        self.host = host
        self.problems = problems
        self.blocks = []  # whose time is not over, as far as is known
        self.ends = {}  # by span, of all that was ever asked for: when it is over at the latest
        self.remnants_until = 0.0  # what nobody knows of any more may be there until then
        self.looks = self.repeated_looks = self.seen = self.found = 0

    def look(self, never, spells):
        """Compares; what is in `never` may not be there, nor who is in one of the `spells`."""
        began = time.time()
        found, ended = self.listed_whole()
        self.looks += 1
        self.found += len(found)
        spells = [spell for spell in spells if spell.begins <= began and spell.ends >= ended]
        spared = Spans(spell.span for spell in spells if spell.verb == "protect")
        # Who is unblocked is let go out of no network, nor a network's addresses with it.
        unblocked = {spell.span for spell in spells if spell.verb == "unblock"}
        for target, text in found.items():
            if never.meets(target):
                self.problems.append(f"{text} is protected and in the kernel's sets")
            if began > self.remnants_until and (spared.meets(target) or target in unblocked):
                self.problems.append(f"{text} is in the kernel's sets, and was unblocked or protected")
            if self.ends.get(target, 0) < began - slack:
                self.problems.append(f"{text} is in the kernel's sets, and was not asked for or is over")
        self.problems += [f"{block.target} was blocked, and is not in the kernel's sets"
                          for block in self.missing(found, ended)]
        for block in self.blocks:
            self.seen += block.span in found and not block.is_seen
            block.is_seen = block.is_seen or block.span in found
        self.blocks = [block for block in self.blocks if block.until > ended]

    def listed_whole(self):
        """What is listed, by span, and the time behind it. The kernel tells of a large set in pieces, and can
        pass over elements where it takes away others that are over in between; so what is missing has to be
        missing three times."""
        found = {}
        for attempt in range(3):
            found.update((span(text), text) for text in listed(self.host))
            ended = time.time()
            if not self.missing(found, ended):
                break
            self.repeated_looks += attempt < 2
        return found, ended

    def missing(self, found, now):
        return [block for block in self.blocks
                if block.is_certain and block.until > now + slack and block.span not in found]

    def asked(self, target, end):
        self.ends[target] = max(self.ends.get(target, 0), end)

    def forget(self):
        """It was started without its state: everybody is let go, but for who has less than a second left."""
        self.blocks.clear()
        self.remnants_until = time.time() + 1
        self.ends = {target: min(end, self.remnants_until) for target, end in self.ends.items()}

    def let_go(self, protected_spans, unblocked=frozenset()):
        """They need not be there any more."""
        self.blocks = [block for block in self.blocks
                       if block.span not in unblocked and not protected_spans.meets(block.span)]
