"""Random targets around the borders of what is protected, in every spelling."""

from spans import dotted, ipv4_mask, mapped, nat64, six_to_four, six_to_four_shift, span, spelled


class Targets:
    """Chosen by `chance` around the first address of each of these texts."""

    def __init__(self, chance, texts):
        self.chance = chance
        borders = [span(text)[0] for text in texts]
        self.ipv4_borders = [border & ipv4_mask for border in borders if border >> 32 == 0xFFFF]
        self.ipv6_borders = [border for border in borders if border >> 32 != 0xFFFF]

    def ipv4(self):
        value = self.chance.choice(self.ipv4_borders) + self.chance.randint(-300, 300)
        return max(0, min(value, ipv4_mask))

    def ipv6(self):
        return max(0, self.chance.choice(self.ipv6_borders) + self.chance.randint(-70000, 70000))

    def one(self):
        """As it is spelled."""
        kind = self.chance.random()
        if kind < 0.58:
            return dotted(self.ipv4())
        is_long = self.chance.random() < 0.3
        if kind < 0.75:
            return spelled(self.ipv6(), is_long)
        if kind < 0.86:
            return self.mapped(is_long)
        if kind < 0.915:
            value = six_to_four + (self.ipv4() << six_to_four_shift) + self.chance.randint(0, 9)
            return spelled(value, is_long)
        if kind < 0.98:
            return spelled(nat64 + self.ipv4(), is_long)
        return self.network()

    def mapped(self, is_long):
        """IPv4 as IPv6 spells it; not only with dots."""
        value = self.ipv4()
        if not is_long and self.chance.random() < 0.5:
            return f"::ffff:{value >> 16:x}:{value & 0xFFFF:x}"
        return spelled(mapped + value, is_long)

    def network(self):
        version, bits = self.chance.choice(((4, 24), (4, 28), (4, 16), (6, 64), (6, 120), (6, 48)))
        if version == 4:
            return f"{dotted(self.ipv4() & -(1 << (32 - bits)))}/{bits}"
        return f"{spelled(self.ipv6() & -(1 << (128 - bits)), False)}/{bits}"
