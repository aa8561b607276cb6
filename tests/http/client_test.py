"""What our HTTP client makes of servers that hang, lie, break off or never end."""

import contextlib
import os
import pathlib
import signal
import socket
import tempfile
import unittest

from stand_in import Client, HttpTest, Server, loopback, ok, say, say_and_close, secret_header, secret_path


class Answers(HttpTest):
    def test_an_answer_comes_with_status_body_and_who_gave_it(self):
        with Server(say(b"HTTP/1.1 201 Created\r\nContent-Length: 7\r\n\r\n{\"a\":1}")) as server:
            outcome = self.ask(server.url())
        self.expect_answer(outcome, 201, '{"a":1}')
        self.assertEqual((outcome["verdict"], outcome["peer"]), ("accepted", loopback))

    def test_a_request_is_sent_as_it_is(self):
        body = "a\r\nb\0ü" * 500_000  # more than where libcurl asks first whether to send on
        with Server(say(ok)) as server:
            self.expect_answer(self.ask(server.url(), headers={"X-One": "1"}, body=body), 200, "ok")
            head, got = server.requests[0]
        self.assertEqual(got.decode(), body)
        self.assertEqual(head.split("\r\n")[0], f"POST /{secret_path}?token={secret_path} HTTP/1.1")
        self.assertEqual(sorted(head.split("\r\n")[1:]), sorted([
            f"Host: 127.0.0.1:{server.port}", "User-Agent: alarum", "Accept: */*", "X-One: 1",
            f"Authorization: Bearer {secret_header}", f"Content-Length: {len(body.encode())}"]))

    def test_an_empty_body_is_posted(self):
        with Server(say(ok)) as server:
            self.expect_answer(self.ask(server.url(), body=""), 200)
            self.assertTrue(server.requests[0][0].startswith("POST "))
            self.assertEqual(server.requests[0][1], b"")

    def test_errors_are_answers_too(self):
        for status, verdict in ((400, "refused"), (404, "refused"), (429, "not_done"), (500, "in_doubt"),
                                (501, "refused"), (503, "not_done"), (504, "in_doubt")):
            answer = f"HTTP/1.1 {status} X\r\nRetry-After:  17 \r\nContent-Length: 1\r\n\r\nx".encode()
            with self.subTest(status), Server(say(answer)) as server:
                outcome = self.ask(server.url())
                self.expect_answer(outcome, status, "x")
                self.assertEqual((outcome["verdict"], outcome["retry_after"]), (verdict, "17"))

    def test_a_header_of_an_interim_answer_is_not_that_of_the_answer(self):
        interim = b"HTTP/1.1 103 Early Hints\r\nRetry-After: 99\r\n\r\n"
        with Server(say(interim + ok)) as server:
            outcome = self.ask(server.url())
        self.expect_answer(outcome, 200)
        self.assertEqual(outcome["retry_after"], "")

    def test_a_body_up_to_the_cap_is_taken(self):
        for body in ("x" * 1000, ""):
            answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            with Server(say(answer)) as server:
                self.expect_answer(self.ask(server.url(), bytes_max=len(body)), 200, body)


class Limits(HttpTest):
    def test_a_server_that_says_nothing(self):
        server = Server()
        server.answer = server.hang
        with server:
            outcome = self.ask(server.url(), total_ms=500)
        self.expect_failure(outcome, "timeout", "in_doubt")
        self.assertTrue(outcome["message"].endswith("no whole answer in time"), outcome)

    def test_a_server_that_does_not_accept(self):
        # The queue of connections is full: what the kernel cannot take it leaves unanswered.
        with contextlib.ExitStack() as stack:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            port = listener.getsockname()[1]
            for _ in range(4):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(("127.0.0.1", port))
            outcome = self.ask(f"http://127.0.0.1:{port}/{secret_path}", connect_ms=500)
        self.expect_failure(outcome, "timeout", "not_done")
        self.assertIsNone(outcome["peer"])

    def test_an_answer_that_trickles(self):
        for begin in (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "):
            server = Server()
            server.answer = lambda connection, _, server=server, begin=begin: (
                connection.sendall(begin), server.send_forever(connection, b"x", 0.02))
            with self.subTest(begin), server:
                self.expect_failure(self.ask(server.url(), total_ms=600), "timeout", "in_doubt")

    def test_an_answer_without_an_end(self):
        endless = {
            "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096),
            "declared body": (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 4096),
            "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"3\r\nxxx\r\n" * 500),
            "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Header: value\r\n" * 100),
            "one header": (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 4096),
            "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        }
        for name, (begin, piece) in endless.items():
            server = Server()
            server.answer = lambda connection, _, server=server, begin=begin, piece=piece: (
                connection.sendall(begin), server.send_forever(connection, piece))
            with self.subTest(name), server:
                self.expect_failure(self.ask(server.url()), "too_large", "in_doubt", seconds=5)

    def test_one_byte_more_than_the_cap(self):
        with Server(say(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")) as server:
            self.expect_failure(self.ask(server.url(), bytes_max=2), "too_large", "in_doubt")

    def test_a_name_that_leads_nowhere_takes_no_longer_than_it_may(self):
        # Without a name server the system's resolver waits for longer than this.
        outcome = self.ask(f"http://alarum-test.invalid/{secret_path}", connect_ms=1000)
        self.assertIn(outcome.get("failure"), ("resolve", "timeout"), outcome)
        self.assertEqual(outcome["verdict"], "not_done")
        self.assertLess(outcome["seconds"], 2)

    def test_another_thread_ends_the_wait(self):
        server = Server()
        server.answer = server.hang
        with server, Client() as client:
            outcome = client.ask(server.url(), total_ms=20_000, cancel_ms=300)
            self.expect_failure(outcome, "cancelled", "in_doubt", seconds=1.3)
            server.answer = say(ok)
            self.expect_answer(client.ask(server.url()), 200)

    def test_another_thread_ends_the_wait_for_a_handshake(self):
        server = Server()
        server.connected = server.hang
        with server:
            outcome = self.ask(server.url("https"), total_ms=20_000, connect_ms=20_000, cancel_ms=300)
        self.expect_failure(outcome, "cancelled", "not_done", seconds=1.3)


class Garbage(HttpTest):
    def test_what_is_no_http(self):
        for name, answer in {
                "nothing": b"", "binary": bytes(range(256)) * 8, "text": b"hello\r\n\r\n",
                "half a head": b"HTTP/1.1 200 OK\r\nContent-Le", "no status": b"HTTP/1.1 abc OK\r\n\r\n",
                "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
                "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
                "no chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf"}.items():
            with self.subTest(name), Server(say_and_close(answer)) as server:
                self.expect_failure(self.ask(server.url()), "protocol", "in_doubt")

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        outcome = self.ask(f"http://127.0.0.1:{port}/{secret_path}")
        self.expect_failure(outcome, "connect", "not_done")
        self.assertTrue(outcome["message"].startswith(f"http://127.0.0.1:{port}: no connection: "), outcome)
        self.assertIsNone(outcome["peer"])

    def test_a_connection_that_is_closed_before_anything_is_read(self):
        with Server(connected=lambda connection: None) as server:
            self.assertEqual(self.ask(server.url())["verdict"], "in_doubt")


class Connections(HttpTest):
    def test_what_may_arrive_twice_shares_a_connection(self):
        for request in ({}, {"body": "x", "repeatable": True}):
            with self.subTest(request), Server(say(ok)) as server, Client() as client:
                for _ in range(3):
                    outcome = client.ask(server.url(), **request)
                    self.expect_answer(outcome, 200)
                    self.assertEqual(outcome["peer"], loopback)
                self.assertEqual(server.connections, 1)

    def test_what_must_not_arrive_twice_has_a_connection_of_its_own(self):
        with Server(say(ok)) as server, Client() as client:
            self.expect_answer(client.ask(server.url()), 200)
            for _ in range(2):
                self.expect_answer(client.ask(server.url(), body="x"), 200)
            self.assertEqual(server.connections, 3)

    def lose_the_second(self, **request):
        """How many requests a server sees that keeps the connection and closes it on the second request."""
        with Server(lambda connection, number: "close" if number == 2 else connection.sendall(ok)) as server:
            with Client() as client:
                self.expect_answer(client.ask(server.url()), 200)
                outcome = client.ask(server.url(), **request)
            return len(server.requests), outcome

    def test_a_request_lost_with_a_kept_connection_is_sent_again_only_where_it_may(self):
        seen, outcome = self.lose_the_second(body="x", repeatable=True)
        self.assertEqual(seen, 3)
        self.expect_answer(outcome, 200)

        seen, outcome = self.lose_the_second(body="x")
        self.assertEqual(seen, 2)
        self.expect_failure(outcome, "protocol", "in_doubt")


class Environment(HttpTest):
    def test_a_redirect_is_not_followed(self):
        with Server(say(ok)) as other:
            moved = f"HTTP/1.1 302 Found\r\nLocation: {other.url()}\r\nContent-Length: 0\r\n\r\n".encode()
            with Server(say(moved)) as server:
                outcome = self.ask(server.url())
            self.expect_answer(outcome, 302)
            self.assertEqual((outcome["verdict"], other.connections), ("refused", 0))

    def test_a_proxy_of_the_environment_is_not_asked(self):
        with Server(say(ok)) as proxy, Server(say(ok)) as server:
            there = f"http://127.0.0.1:{proxy.port}"
            with Client(http_proxy=there, HTTP_PROXY=there, ALL_PROXY=there, all_proxy=there) as client:
                self.expect_answer(client.ask(server.url()), 200)
            self.assertEqual((proxy.connections, server.connections), (0, 1))

    def test_a_proxy_that_is_configured_is_asked_whatever_the_environment_says(self):
        with Server(say(ok)) as proxy, Client("--proxy", f"http://127.0.0.1:{proxy.port}", no_proxy="*",
                                              NO_PROXY="*") as client:
            outcome = client.ask(f"http://tickets.example.org/{secret_path}")
            self.expect_answer(outcome, 200)
            self.assertEqual(outcome["peer"], loopback)
            self.assertTrue(proxy.requests[0][0].startswith(f"GET http://tickets.example.org/{secret_path} "))

    def test_a_proxy_that_does_not_let_us_through(self):
        with Server(say(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")) as proxy:
            outcome = self.ask(f"https://tickets.example.org/{secret_path}", "--proxy",
                               f"http://127.0.0.1:{proxy.port}")
            self.expect_failure(outcome, "connect", "not_done")
            self.assertNotIn(secret_header, proxy.requests[0][0])

    def test_neither_netrc_nor_cookies(self):
        answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
        with tempfile.TemporaryDirectory() as home, Server(say(answer)) as server:
            netrc = pathlib.Path(home, ".netrc")
            netrc.write_text("machine 127.0.0.1 login joe password pass\n", encoding="utf-8")
            with Client(HOME=home) as client:
                for _ in range(2):
                    self.expect_answer(client.ask(server.url()), 200)
            for head, _ in server.requests:
                self.assertNotIn("cookie", head.lower())
                self.assertNotIn("Basic", head)

    def test_what_we_do_not_ask(self):
        with Server(say(ok)) as server:
            there = f"127.0.0.1:{server.port}/{secret_path}"
            for url in ("", there, f"ftp://{there}", f"file:///etc/{secret_path}",
                        f"http://joe:{secret_path}@{there}", f"http://{there} x", f"http://{there}\r\nX: y",
                        f"http://{there}#{secret_path}", f"http:///{secret_path}", f"gopher://{there}",
                        f"http://{there}ü"):
                with self.subTest(url):
                    self.expect_failure(self.ask(url), "request", "refused")
            for headers in ({"X-A": "b\r\nX-C: d"}, {"X-A": "b\nc"}, {"X-A": "b\0c"}, {"X-A": ""},
                            {"X A": "b"}, {"X-A:": "b"}, {"": "b"}, {"Host": "other"},
                            {"content-length": "3"}, {"Transfer-Encoding": "chunked"}):
                with self.subTest(headers):
                    outcome = self.ask(server.url(), headers=headers)
                    self.expect_failure(outcome, "request", "refused")
            self.assertEqual(server.connections, 0)


class Faults(HttpTest):
    def test_what_fails_before_sending_was_not_sent(self):
        with Server(say(ok)) as server:
            with Client(ALARUM_FAULT="http_before_send=error@1") as client:
                self.expect_failure(client.ask(server.url(), body="x"), "connect", "not_done")
                self.expect_answer(client.ask(server.url(), body="x"), 200)
            self.assertEqual(len(server.requests), 1)

    def test_what_fails_after_the_answer_is_in_doubt(self):
        with Server(say(ok)) as server:
            with Client(ALARUM_FAULT="http_after_answer=error") as client:
                self.expect_failure(client.ask(server.url(), body="x"), "protocol", "in_doubt")
            self.assertEqual(len(server.requests), 1)

    def test_a_crash_at_either_place(self):
        for place, requests in (("http_before_send", 0), ("http_after_answer", 1)):
            with self.subTest(place), Server(say(ok)) as server:
                with Client(ALARUM_FAULT=f"{place}=kill") as client:
                    self.assertIsNone(client.ask(server.url(), body="x"))
                    self.assertEqual(client.process.wait(10), -signal.SIGKILL)
                self.assertEqual(len(server.requests), requests)


if __name__ == "__main__":
    os.environ.pop("ALARUM_FAULT", None)
    unittest.main()
