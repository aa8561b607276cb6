"""How long a block takes, from the request to the answer, which comes when the kernel drops: the figures of
docs/adr/0012-enforcer.md. Usage: latency.py [BLOCKS]"""

import sys
import time

from namespaces import two_hosts
from program import Connection, Enforcer

policy = "limits: {blocks_per_minute_max: 1000000, blocks_per_hour_max: 1000000, blocks_max: 100000}\n"


def milliseconds(connection, requests):
    """What each of these requests took, in order of time."""
    out = []
    for request in requests:
        began = time.perf_counter()
        answer = connection.ask(request)
        out.append(1000 * (time.perf_counter() - began))
        if not answer.startswith("done"):
            raise AssertionError(answer)
    return sorted(out)


def main():
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with two_hosts() as (server, _):
        enforcer = Enforcer(server, policy).start()
        connection = Connection(enforcer.socket)
        for name, requests in (
                ("status", ["status"] * blocks),
                ("block", [f"block action=a{i} target=11.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"
                           for i in range(blocks)]),
                ("repeated block", [f"block action=a{i} target=11.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"
                                    for i in range(blocks)])):
            times = milliseconds(connection, requests)
            print(f"{name}: median {times[blocks // 2]:.2f} ms, p99 {times[blocks * 99 // 100]:.2f} ms, "
                  f"of {blocks}")
        connection.close()
        enforcer.close()


if __name__ == "__main__":
    main()
