"""Addresses and networks as pairs of numbers, first and last: hundreds of thousands of requests would take
minutes with `ipaddress`. IPv4 has its mapped form, ::ffff:0:0/96, in which a wide IPv6 network such as ::/48
holds all of it; so one row of numbers has room for both, and one form is canonical."""

import bisect
import functools
import socket

ipv4_mask = 0xFFFFFFFF
mapped = 0xFFFF << 32
nat64 = 0x64FF9B << 96
six_to_four = 0x2002 << 112
six_to_four_shift = 80  # behind it lies the IPv4 address


def number(text):
    """The number of an address."""
    if ":" in text:
        return int.from_bytes(socket.inet_pton(socket.AF_INET6, text), "big")
    return mapped + int.from_bytes(socket.inet_pton(socket.AF_INET, text), "big")


@functools.lru_cache(maxsize=100_000)
def span(text):
    """The span of an address, or of a network."""
    address, _, bits = text.partition("/")
    size = 1 << ((128 if ":" in address else 32) - int(bits)) if bits else 1
    first = number(address) & -size
    return first, first + size - 1


def is_ipv4(target):
    return target[0] >> 32 == 0xFFFF and target[1] >> 32 == 0xFFFF


def size(target):
    return target[1] - target[0] + 1


@functools.lru_cache(maxsize=100_000)
def forms(target):
    """A span itself, and the IPv4 addresses that it stands for."""
    first, last = target
    for prefix, bits, shift in ((nat64, 96, 0), (six_to_four, 16, six_to_four_shift)):
        if first >> (128 - bits) == last >> (128 - bits) == prefix >> (128 - bits):
            return target, (mapped + (first >> shift & ipv4_mask), mapped + (last >> shift & ipv4_mask))
    return (target,)


class Spans:
    """A set of numbers: what lies in any of these spans."""

    def __init__(self, spans):
        self.firsts, self.lasts = [], []
        for first, last in sorted(spans):
            if self.lasts and first <= self.lasts[-1]:
                self.lasts[-1] = max(self.lasts[-1], last)
            else:
                self.firsts.append(first)
                self.lasts.append(last)

    def meets(self, target):
        """Whether a target shares an address with it, itself or by what it stands for."""
        return any(self.overlaps(form) for form in forms(target))

    def overlaps(self, target):
        place = bisect.bisect_right(self.firsts, target[1]) - 1
        return place >= 0 and self.lasts[place] >= target[0]


def spelled(value, is_long):
    """An IPv6 address, short or with every digit."""
    if not is_long:
        return socket.inet_ntop(socket.AF_INET6, value.to_bytes(16, "big"))
    digits = f"{value:032X}"
    return ":".join(digits[i:i + 4] for i in range(0, 32, 4))


def dotted(value):
    return socket.inet_ntoa((value & ipv4_mask).to_bytes(4, "big"))
