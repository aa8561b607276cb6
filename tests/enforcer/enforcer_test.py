"""The enforcer in a network namespace: no packet of what it blocks gets through; what it protects does."""

import contextlib
import datetime
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest

from namespaces import Echo, two_hosts
from program import Connection, Enforcer, binary, nobody, wait_until

fast = "reconcile_interval: 1s\nlimits: {blocks_per_minute_max: 1000, blocks_per_hour_max: 1000}\n"
storm_policy = ("askers: {users: [4711]}\n"
                "limits: {blocks_per_minute_max: 100000, blocks_per_hour_max: 100000, blocks_max: 100000}\n")
kills = int(os.environ.get("ALARUM_ENFORCER_KILLS", "12"))
server = client = echo = None


def setUpModule():
    global server, client, echo
    stack = contextlib.ExitStack()
    server, client = stack.enter_context(two_hosts())
    unittest.addModuleCleanup(stack.close)
    echo = Echo(server, client)


def outcome(answer):
    """`done`, or the guard and its entry."""
    return "done" if answer.startswith("done") else " ".join(answer.split(" ")[1:3])


def in_seconds(seconds):
    time_then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time_then.strftime("%Y-%m-%dT%H:%M:%SZ")


def lost_count():
    """How much of what the kernel tells of nftables did not fit into the socket of who wants to hear it."""
    netfilter, groups = 12, 1 << 6  # NETLINK_NETFILTER, NFNLGRP_NFTABLES
    lines = [line.split() for line in server.run("cat", "/proc/net/netlink").splitlines()[1:]]
    return sum(int(words[8]) for words in lines if int(words[1]) == netfilter and int(words[3], 16) & groups)


def ipv6_server(address, port, is_ipv6_only):
    out = socket.socket(socket.AF_INET6)
    out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, is_ipv6_only)
    out.bind((address, port))
    out.listen()
    return out


@contextlib.contextmanager
def impostor(path, user):
    """A program of this user that listens at `path`, and has one answer to everything."""
    script = ("import socket, sys\n"
              "listening = socket.socket(socket.AF_UNIX); listening.bind(sys.argv[1]); listening.listen()\n"
              "print(flush=True)\n"
              "while True:\n"
              "    asked, _ = listening.accept()\n"
              "    answer = b'done \\x1b[2J\\nmore'\n"
              "    asked.sendall(len(answer).to_bytes(4, 'big') + answer)\n")
    os.chown(path.parent, user, user)
    process = subprocess.Popen(["setpriv", f"--reuid={user}", "--clear-groups", sys.executable, "-c", script,
                                str(path)], stdout=subprocess.PIPE)
    try:
        process.stdout.read(1)
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        path.unlink()
        os.chown(path.parent, nobody, nobody)


class Enforcing(unittest.TestCase):
    def start(self, policy=fast):
        enforcer = Enforcer(server, policy)
        self.addCleanup(server.run, "nft", "flush", "ruleset")
        self.addCleanup(enforcer.close)
        return enforcer.start()

    def expect(self, enforcer, request, wanted="done"):
        answer = enforcer.ask(request)
        self.assertEqual(outcome(answer), wanted, answer)
        return answer

    def test_a_block_cuts_off_and_ends_in_time(self):
        enforcer = self.start()
        self.assertTrue(echo.reaches("10.77.0.2"))
        began = time.monotonic()
        self.expect(enforcer, "block action=a target=10.77.0.2 for=5s")
        self.assertLessEqual(enforcer.kernel()["10.77.0.2"], 5)
        self.assertFalse(echo.reaches("10.77.0.2"))
        self.assertTrue(echo.reaches("10.77.0.3"), "its neighbour")
        wait_until(lambda: echo.reaches("10.77.0.2", 0.1), "the block ends")
        self.assertGreater(time.monotonic() - began, 4.9)

    def test_a_block_ends_an_established_connection(self):
        enforcer = self.start()
        listening = server.call(lambda: socket.create_server(("10.77.0.1", 8080)))
        attacker = client.call(lambda: socket.create_connection(("10.77.0.1", 8080), 5, ("10.77.0.2", 0)))
        accepted, _ = listening.accept()
        for end in (listening, attacker, accepted):
            self.addCleanup(end.close)
        accepted.settimeout(0.5)
        attacker.sendall(b"before")
        self.assertEqual(accepted.recv(16), b"before")
        self.expect(enforcer, "block action=a target=10.77.0.2 for=1m")
        attacker.sendall(b"after")
        with self.assertRaises(TimeoutError):
            accepted.recv(16)

    def test_every_spelling_and_family_drops_packets(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=::ffff:10.77.0.3")
        self.expect(enforcer, "block action=b target=2001:0db8:77:0::4")
        self.assertEqual(set(enforcer.kernel()), {"10.77.0.3", "2001:db8:77::4"})
        self.assertFalse(echo.reaches("10.77.0.3"))
        self.assertFalse(echo.reaches("2001:db8:77::4"))
        self.assertTrue(echo.reaches("10.77.0.4"))
        self.expect(enforcer, "unblock action=a")
        self.assertTrue(echo.reaches("10.77.0.3"))

    def test_networks_are_blocked_and_keep_their_own_times(self):
        enforcer = self.start()
        for number, time_limit in ((2, "10s"), (3, "5h")):
            self.expect(enforcer, f"block action=n{number} target=10.77.{number}.0/24 for={time_limit}")
        self.expect(enforcer, "block action=v6 target=2001:db8:1::/64 for=1h")
        left = enforcer.kernel()
        self.assertEqual(set(left), {"10.77.2.0/24", "10.77.3.0/24", "2001:db8:1::/64"})
        self.assertLess(left["10.77.2.0/24"], 11)
        self.assertGreater(left["10.77.3.0/24"], 17_900)
        self.expect(enforcer, "block action=own target=10.77.0.0/24", "guard=own_address entry=10.77.0.1")

    def test_what_the_host_lives_on_is_never_blocked(self):
        enforcer = self.start(fast + "never_block: [10.99.0.0/16]\nadministrators: [10.77.0.6]\n")
        for target, guard in (("10.77.0.1", "own_address entry=10.77.0.1"),
                              ("2001:db8:77::1", "own_address entry=2001:db8:77::1"),
                              ("10.77.0.254", "gateway entry=10.77.0.254"),
                              ("10.77.0.255", "broadcast entry=10.77.0.255"),
                              ("10.77.0.6", "administrators entry=10.77.0.6"),
                              ("10.99.3.4", "never_block entry=10.99.0.0/16"),
                              ("::ffff:10.99.3.4", "never_block entry=10.99.0.0/16"),
                              ("2002:a63:304::1", "never_block entry=10.99.0.0/16"),
                              ("64:ff9b::a63:304", "never_block entry=10.99.0.0/16"),
                              ("127.0.0.1", "loopback entry=127.0.0.0/8")):
            self.expect(enforcer, f"block action=a target={target}", f"guard={guard}")
        self.assertEqual(enforcer.kernel(), {})

    def test_what_becomes_the_hosts_own_is_let_go_though_nobody_asks(self):
        enforcer = self.start("reconcile_interval: 1h\n")
        self.expect(enforcer, "block action=a target=10.88.0.9 for=1h")
        self.expect(enforcer, "block action=b target=10.88.0.1 for=1h")
        server.run("ip", "address", "add", "10.88.0.9/24", "dev", "wire")
        self.addCleanup(server.run, "ip", "address", "del", "10.88.0.9/24", "dev", "wire")
        wait_until(lambda: "10.88.0.9" not in enforcer.kernel(), "the address is let go")
        server.run("ip", "route", "add", "10.89.0.0/16", "via", "10.88.0.1")
        wait_until(lambda: not enforcer.kernel(), "the gateway is let go")

    def test_what_others_change_is_mended_at_once(self):
        enforcer = self.start("reconcile_interval: 1h\n")
        self.expect(enforcer, "block action=a target=10.77.0.2 for=1h")
        server.run("nft", "flush", "ruleset")
        wait_until(lambda: "drift=2 " in enforcer.ask("status"), "noticed")
        self.assertFalse(echo.reaches("10.77.0.2"))
        mended = enforcer.said().count("mended")
        server.run("nft", "add table inet others; delete table inet others")
        for number in range(3, 7):
            self.expect(enforcer, f"block action=b{number} target=10.77.1.{number} for=1h")
        time.sleep(0.3)
        self.assertEqual(enforcer.said().count("mended"), mended, "what is others' or its own is none")
        self.assertIn("drift=2 ", enforcer.ask("status"))

    def test_what_the_kernel_could_not_tell_counts_as_a_change(self):
        enforcer = self.start("reconcile_interval: 1h\n")
        self.expect(enforcer, "block action=a target=10.77.0.2 for=1h")
        crowd = ", ".join(f"1.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(60_000))
        flood = enforcer.folder / "flood.nft"
        flood.write_text(f"table inet others {{ set s {{ type ipv4_addr; elements = {{ {crowd} }}; }}\n}}\n"
                         "delete table inet others\n", encoding="utf-8")
        enforcer.signal(signal.SIGSTOP)
        self.addCleanup(enforcer.signal, signal.SIGCONT)
        for _ in range(20):
            server.run("nft", "-f", flood)
            if lost_count():
                break
        self.assertGreater(lost_count(), 0, "what the socket holds has an end")
        server.run("nft", "delete element inet alarum b4 { 10.77.0.2 }")
        enforcer.signal(signal.SIGCONT)
        wait_until(lambda: "10.77.0.2" in enforcer.kernel(), "it is mended")

    def test_an_address_and_a_route_that_come_later_count_at_once(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.78.0.1 for=1m")
        server.run("ip", "address", "add", "10.78.0.9/24", "dev", "wire")
        self.addCleanup(server.run, "ip", "address", "del", "10.78.0.9/24", "dev", "wire")
        self.expect(enforcer, "block action=b target=10.78.0.9", "guard=own_address entry=10.78.0.9")
        server.run("ip", "route", "add", "10.79.0.0/16", "via", "10.78.0.1")
        self.expect(enforcer, "block action=c target=10.80.0.1")
        self.assertNotIn("10.78.0.1", enforcer.kernel(), "it became a gateway")

    def test_nobody_turns_a_connection_round_by_listening_elsewhere(self):
        enforcer = self.start()
        broker = client.call(lambda: socket.create_server(("10.77.0.5", 9093)))
        ours = server.call(lambda: socket.create_connection(("10.77.0.5", 9093), 5))
        port = ours.getsockname()[1]
        decoys = (server.call(lambda: socket.create_server(("127.0.0.1", port))),
                  server.call(lambda: ipv6_server("::", port, True)))
        for end in (broker, ours, *decoys):
            self.addCleanup(end.close)
        self.expect(enforcer, "block action=a target=10.77.0.5", "guard=peer entry=10.77.0.5")

    def test_who_came_in_by_a_socket_of_both_families_is_no_peer(self):
        enforcer = self.start()
        web = server.call(lambda: ipv6_server("::", 8082, False))
        theirs = client.call(lambda: socket.create_connection(("10.77.0.1", 8082), 5, ("10.77.0.4", 0)))
        for end in (web, theirs):
            self.addCleanup(end.close)
        self.expect(enforcer, "block action=a target=10.77.0.4")

    def test_peers_of_connections_that_this_host_opened_are_never_blocked(self):
        enforcer = self.start()
        broker = client.call(lambda: socket.create_server(("10.77.0.5", 9092)))
        ours = server.call(lambda: socket.create_connection(("10.77.0.5", 9092), 5))
        web = server.call(lambda: socket.create_server(("10.77.0.1", 8081)))
        theirs = client.call(lambda: socket.create_connection(("10.77.0.1", 8081), 5, ("10.77.0.4", 0)))
        self.expect(enforcer, "block action=a target=10.77.0.5", "guard=peer entry=10.77.0.5")
        self.expect(enforcer, "block action=b target=10.77.0.4")
        for end in (ours, broker, theirs, web):
            end.close()
        wait_until(lambda: outcome(enforcer.ask("block action=a target=10.77.0.5")) == "done",
                   "a closed connection protects nobody")

    def test_a_restart_and_a_reboot_keep_the_time_that_is_left(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.77.0.2 for=100s")
        self.expect(enforcer, "block action=b target=192.0.2.0/24 for=200s")
        ends = {target: time.monotonic() + left for target, left in enforcer.kernel().items()}
        for is_reboot in (False, True):
            enforcer.kill()
            if is_reboot:
                server.run("nft", "flush", "ruleset")
            time.sleep(5)
            enforcer.start()
            now = {target: time.monotonic() + left for target, left in enforcer.kernel().items()}
            self.assertEqual(set(now), {"10.77.0.2", "192.0.2.0/24"})
            for target, end in now.items():
                self.assertAlmostEqual(end, ends[target], delta=1.0)
        self.assertIn("drift=0", enforcer.ask("status"))
        self.assertIn("repeated=yes", enforcer.ask("block action=a target=10.77.0.2"))

    def test_a_kill_at_any_point_does_each_block_once(self):
        points = ("before_append", "after_append", "after_kernel", "before_answer")
        enforcer = self.start()
        ends = {}
        for number in range(kills):
            point = points[number % len(points)]
            target = f"192.0.2.{number + 1}"
            request = f"block action=k{number} target={target} for=1h"
            enforcer.stop()
            # It was asked for its status before.
            enforcer.start(f"{point}=kill@{2 if point == 'before_answer' else 1}")
            asked = time.monotonic()
            with contextlib.suppress(ConnectionResetError):
                self.assertIsNone(enforcer.ask(request), point)
            self.assertEqual(enforcer.process.wait(10), -signal.SIGKILL, point)
            enforcer.start()
            is_done = point != "before_append"
            self.assertEqual(target in enforcer.kernel(), is_done, point)
            self.assertIn(f"repeated={'yes' if is_done else 'no'}", enforcer.ask(request))
            ends[target] = (asked if is_done else time.monotonic()) + 3600
            self.assertEqual(set(enforcer.kernel()), set(ends), point)
            self.assertIn(f"blocks={number + 1} ", enforcer.ask("status"))
        for target, left in enforcer.kernel().items():
            self.assertAlmostEqual(time.monotonic() + left, ends[target], delta=1.0)
        self.assertIn("drift=0", enforcer.ask("status"))

    def test_the_program_asks_nobody_for_what_is_no_request(self):
        done = self.start().client("unblok", "target=192.0.2.1")
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("the verb is none of block, unblock,", done.stderr)

    def test_who_hangs_up_has_asked_for_no_block(self):
        enforcer = self.start()
        enforcer.signal(signal.SIGSTOP)
        gone, quiet, other = (Connection(enforcer.socket) for _ in range(3))
        for number in (1, 2):
            gone.tell(f"block action=gone{number} target=192.0.2.{number} for=1h")
        gone.close()
        quiet.tell("block action=quiet target=192.0.2.3 for=1h")
        quiet.socket.shutdown(socket.SHUT_WR)  # it has said all, and listens still
        other.tell("unblock action=gone1")
        enforcer.signal(signal.SIGCONT)
        self.assertTrue(other.receive().startswith("done ended=0"))
        self.assertTrue(quiet.receive().startswith("done action=quiet"))
        wait_until(lambda: "did not wait for the answer" in enforcer.said(), "the log tells")
        self.assertEqual(set(enforcer.kernel()), {"192.0.2.3"})
        self.assertIn("repeated=no", enforcer.ask("block action=gone2 target=192.0.2.2 for=1h"))
        for connection in (quiet, other):
            connection.close()

    def storm(self, enforcer, script):
        """A program of an asker, which goes on until the test ends."""
        enforcer.folder.chmod(0o755)
        enforcer.socket.chmod(0o666)
        with open(enforcer.log, "ab") as log:
            process = subprocess.Popen(
                ["setpriv", "--reuid=4711", "--clear-groups", sys.executable, "-B", "-c", script,
                 str(enforcer.socket)], stdout=subprocess.PIPE, stderr=log)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_nobodys_connections_keep_root_out(self):
        enforcer = self.start(storm_policy)
        early = Connection(enforcer.socket)
        self.addCleanup(early.close)
        self.assertTrue(early.ask("status").startswith("done"))
        storm = self.storm(enforcer, (
            "import socket, sys\n"
            "ends = []\n"
            "while True:\n"
            "    ends.append(socket.socket(socket.AF_UNIX))\n"
            "    ends[-1].connect(sys.argv[1])\n"
            "    if len(ends) == 200: print(flush=True)\n"
            "    if len(ends) > 200: ends.pop(0).close()\n"))
        self.assertEqual(storm.stdout.read(1), b"\n", enforcer.said())
        self.assertTrue(early.ask("status").startswith("done"), "it keeps its place, silent as it was")
        began = time.monotonic()
        self.expect(enforcer, "panic")
        self.assertLess(time.monotonic() - began, 5)
        self.assertIsNone(storm.poll(), "it goes on all the time")

    def test_nobodys_storm_keeps_root_waiting(self):
        enforcer = self.start(storm_policy)
        script = ("import struct, sys, socket\n"
                  "ends = [socket.socket(socket.AF_UNIX) for _ in range(20)]\n"
                  "for end in ends: end.connect(sys.argv[1]); end.setblocking(False)\n"
                  "number = 0\n"
                  "while True:\n"
                  "    for end in ends:\n"
                  "        number += 1\n"
                  "        text = f'block action=s{number} target=11.{number >> 16 & 255}.'\n"
                  "        text += f'{number >> 8 & 255}.{number & 255}'\n"
                  "        try:\n"
                  "            end.send(struct.pack('>I', len(text)) + text.encode()); end.recv(65536)\n"
                  "        except BlockingIOError: pass\n")
        self.storm(enforcer, script)
        wait_until(lambda: len(enforcer.kernel()) > 50, "the storm is on")
        began = time.monotonic()
        self.expect(enforcer, "panic")
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(enforcer.kernel(), {})

    def test_it_does_not_run_with_more_than_it_needs(self):
        enforcer = Enforcer(server, fast)
        self.addCleanup(enforcer.close)
        done = subprocess.run([binary, "--policy", enforcer.policy], capture_output=True, text=True,
                              check=False, timeout=10)
        self.assertEqual(done.returncode, 1)
        self.assertIn("more capabilities than CAP_NET_ADMIN", done.stderr)

    def test_what_others_delete_is_noticed_and_mended(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.77.0.2 for=5m")
        for deed in (("delete", "element", "inet", "alarum", "b4", "{", "10.77.0.2", "}"),
                     ("add", "element", "inet", "alarum", "b4", "{", "8.8.8.8", "}"),
                     ("insert", "rule", "inet", "alarum", "prerouting", "accept"),
                     ("flush", "chain", "inet", "alarum", "prerouting"),
                     ("delete", "table", "inet", "alarum"),
                     ("add", "table", "inet", "alarum", "{", "flags", "dormant", ";", "}"),
                     ("add", "element", "inet", "alarum", "c4", "{", "8.8.8.8", "}"),
                     ("flush", "ruleset")):
            drift = enforcer.ask("status")
            server.run("nft", *deed)
            wait_until(lambda: enforcer.ask("status") != drift, f"noticed: {' '.join(deed)}")
            self.assertEqual(set(enforcer.kernel()), {"10.77.0.2"}, deed)
            self.assertFalse(echo.reaches("10.77.0.2"), deed)
        self.assertIn("somebody changed the kernel's table", enforcer.said())

    def test_other_tables_are_left_alone(self):
        server.run("nft", "add table inet mine; "
                          "add set inet mine s { type ipv4_addr; elements = { 1.2.3.4 } }")
        before = server.run("nft", "list", "table", "inet", "mine")
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.77.0.2")
        self.expect(enforcer, "panic")
        self.assertEqual(server.run("nft", "list", "table", "inet", "mine"), before)

    def test_undo_restores_the_table_to_the_letter(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.77.0.2")
        before = server.run("nft", "-s", "list", "table", "inet", "alarum")
        self.expect(enforcer, "block action=b target=10.77.0.3")
        self.expect(enforcer, "block action=c target=192.0.2.0/24")
        self.expect(enforcer, "unblock action=b")
        self.expect(enforcer, "unblock target=192.0.2.0/24")
        self.assertEqual(server.run("nft", "-s", "list", "table", "inet", "alarum"), before)

    def test_panic_lets_everybody_go_until_root_arms_it(self):
        enforcer = self.start(fast + f"askers: {{users: [{nobody}]}}\n")
        self.expect(enforcer, "block action=a target=10.77.0.2")
        done = enforcer.client("panic", user=nobody)
        self.assertEqual((done.returncode, done.stdout), (0, "done armed=no\n"))
        self.assertTrue(echo.reaches("10.77.0.2"))
        enforcer.kill()
        enforcer.start()
        self.expect(enforcer, "block action=b target=10.77.0.3", "guard=disarmed entry=-")
        self.expect(enforcer, "arm")
        self.expect(enforcer, "block action=b target=10.77.0.3")

    def test_panic_does_not_take_an_enforcer_that_answers(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.77.0.2 for=1h")
        enforcer.signal(signal.SIGSTOP)
        done = enforcer.client("panic")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"process {enforcer.process.pid} is another enforcer", done.stderr)
        self.assertTrue(echo.reaches("10.77.0.2"), "let go at once, whoever holds the state")
        enforcer.kill()
        done = enforcer.client("panic")
        self.assertEqual((done.returncode, done.stdout), (0, "done armed=no\n"), done.stderr)
        enforcer.start()
        self.assertEqual(enforcer.kernel(), {})
        self.expect(enforcer, "block action=b target=10.77.0.2", "guard=disarmed entry=-")
        for file in enforcer.folder.glob("blocks*"):
            self.assertEqual(file.stat().st_uid, nobody, file)

    def test_panic_moves_a_damaged_state_aside(self):
        enforcer = self.start()
        enforcer.kill()
        (enforcer.folder / "blocks").write_text("rubbish\n", encoding="utf-8")
        done = enforcer.client("panic")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([file.read_text() for file in enforcer.folder.glob("blocks.damaged-*")],
                         ["rubbish\n"])
        enforcer.start()
        self.assertIn("armed=no", enforcer.ask("status"))

    def test_root_believes_no_stranger_who_listens_in_its_place(self):
        enforcer = Enforcer(server, fast)
        self.addCleanup(enforcer.close)
        with impostor(enforcer.socket, 4711):
            done = enforcer.client("status")
            self.assertEqual(done.returncode, 4)
            self.assertIn("user 4711 listens there", done.stderr)
            done = enforcer.client("panic")
            self.assertEqual((done.returncode, done.stdout), (0, "done armed=no\n"), done.stderr)

    def test_no_answer_moves_the_cursor(self):
        enforcer = Enforcer(server, fast)
        self.addCleanup(enforcer.close)
        with impostor(enforcer.socket, 0):
            self.assertEqual(enforcer.client("status").stdout, "done \\u{001B}[2J\nmore\n")

    def test_a_storm_is_capped(self):
        enforcer = self.start("")
        connection = Connection(enforcer.socket)
        self.addCleanup(connection.close)
        answers = [connection.ask(f"block action=a{i} target=11.0.{i // 200}.{i % 200}") for i in range(2000)]
        self.assertEqual(sum(answer.startswith("done") for answer in answers), 20)
        self.assertIn("guard=cap entry=blocks_per_minute_max:20", answers[-1])
        self.assertEqual(len(enforcer.kernel()), 20)

    def test_a_protection_revokes_now_and_after_a_restart(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.77.0.2 for=1h")
        self.expect(enforcer, f"protect target=10.77.0.2 until={in_seconds(3600)}")
        self.assertTrue(echo.reaches("10.77.0.2"))
        enforcer.kill()
        enforcer.start()
        self.assertEqual(enforcer.kernel(), {})
        self.expect(enforcer, "block action=b target=10.77.0.2", "guard=protected entry=10.77.0.2")

    def test_a_reload_takes_a_sound_policy_and_keeps_a_broken_one_out(self):
        enforcer = self.start()
        self.expect(enforcer, "block action=a target=10.77.0.2 for=1h")
        enforcer.write_policy(fast + "never_blck: [10.77.0.2]\n")
        enforcer.signal(signal.SIGHUP)
        wait_until(lambda: "policy kept out" in enforcer.said(), "the reload is refused")
        self.assertIn("did you mean 'never_block'?", enforcer.said())
        self.assertIn("policy=kept_out", enforcer.ask("status"))
        self.assertFalse(echo.reaches("10.77.0.2"))
        enforcer.write_policy(fast + "never_block: [10.77.0.2]\n")
        enforcer.signal(signal.SIGHUP)
        wait_until(lambda: echo.reaches("10.77.0.2"), "the reload lets it go")
        self.assertIn("policy=current", enforcer.ask("status"))

    def test_a_policy_of_anybody_else_is_refused(self):
        enforcer = Enforcer(server)
        self.addCleanup(enforcer.close)

        def check():
            done = subprocess.run([binary, "--policy", enforcer.policy, "--check"], capture_output=True,
                                  text=True, check=False)
            return done.returncode, done.stderr

        self.assertEqual(check(), (0, ""))
        os.chown(enforcer.policy, nobody, nobody)
        self.assertEqual(check()[0], 78)
        self.assertIn("belongs to user 65534, not to root", check()[1])
        os.chown(enforcer.policy, 0, nobody)
        for mode in (0o660, 0o642):
            enforcer.policy.chmod(mode)
            self.assertIn("may be written by others than root", check()[1])
        link = enforcer.folder / "link.yaml"
        link.symlink_to(enforcer.policy)
        enforcer.policy.chmod(0o640)
        enforcer.policy = link
        self.assertEqual(check()[0], 78)

    def test_only_those_whom_the_policy_names_may_ask(self):
        enforcer = self.start(fast + "askers: {users: [4711], groups: [4712]}\n")
        enforcer.folder.chmod(0o755)
        enforcer.socket.chmod(0o666)

        def ask_as(user, group, request):
            script = ("import sys; sys.path.insert(0, sys.argv[1]); import program; "
                      "print(program.Connection(sys.argv[2]).ask(sys.argv[3]))")
            return subprocess.run(
                ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", sys.executable, "-B",
                 "-c", script, pathlib.Path(__file__).parent, enforcer.socket, request],
                capture_output=True, text=True, check=False, env=dict(os.environ)).stdout.strip()

        self.assertTrue(ask_as(4711, 1, "status").startswith("done"))
        self.assertTrue(ask_as(1, 4712, "status").startswith("done"))
        self.assertIn("guard=asker entry=1 ", ask_as(1, 1, "status"))
        self.assertIn("guard=asker entry=4711 ", ask_as(4711, 1, "arm"))

    def test_what_is_no_request_is_refused_and_harms_nobody(self):
        enforcer = self.start()
        other = Connection(enforcer.socket)
        self.addCleanup(other.close)
        for data in (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\x10\x01", b"GET / HTTP/1.1\r\n\r\n"):
            connection = Connection(enforcer.socket)
            connection.send(data)
            self.assertIn("guard=request", connection.receive())
            self.assertIsNone(connection.receive(), "it hangs up")
            connection.close()
        for text in ("block action=a target=10.77.0.2; flush ruleset", "block action=a target=10.77.0.2 }"):
            self.assertIn("guard=request", other.ask(text))
        half = Connection(enforcer.socket)
        half.send(b"\0\0\0\x06sta")
        self.assertTrue(other.ask("status").startswith("done"), "others do not wait for it")
        crowd = [Connection(enforcer.socket) for _ in range(100)]
        self.assertTrue(crowd[-1].ask("status").startswith("done"))
        for connection in (half, *crowd):
            connection.close()

    def test_systemd_hears_from_it_and_may_hand_over_the_socket(self):
        enforcer = Enforcer(server, fast)
        self.addCleanup(server.run, "nft", "flush", "ruleset")
        self.addCleanup(enforcer.close)
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = enforcer.folder / "notify.sock"
        manager.bind(str(path))
        path.chmod(0o666)
        manager.settimeout(5)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        enforcer.socket = enforcer.folder / "given.sock"
        listening.bind(str(enforcer.socket))
        listening.listen()
        script = f'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&{listening.fileno()}'
        environment = dict(os.environ, NOTIFY_SOCKET=str(path), WATCHDOG_USEC="2000000")
        with open(enforcer.log, "ab") as log:
            enforcer.process = subprocess.Popen(["sh", "-c", script, "sh", *enforcer.command()], stdout=log,
                                                stderr=log, env=environment,
                                                pass_fds=[listening.fileno()])
        self.assertEqual(manager.recv(256), b"READY=1", enforcer.said())
        self.assertIn(b"WATCHDOG=1\nSTATUS=0 blocked", manager.recv(256))
        self.expect(enforcer, "block action=a target=192.0.2.1")
        enforcer.signal(signal.SIGHUP)
        heard = b""
        while b"RELOADING=1" not in heard:
            heard = manager.recv(256)
        self.assertEqual(manager.recv(256), b"READY=1")
        enforcer.stop()
        while b"STOPPING=1" not in heard:
            heard = manager.recv(256)
        manager.close()


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
