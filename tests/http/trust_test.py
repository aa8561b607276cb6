"""Over TLS nothing is sent to who has not proven to be the server, and nobody else counts as its address."""

import pathlib
import ssl
import tempfile
import unittest

from stand_in import Authority, Client, HttpTest, Server, loopback, ok, say


class Trust(HttpTest):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.authority = Authority(cls.folder, "authority")
        cls.stranger = Authority(cls.folder, "stranger")
        cls.good = cls.authority.issue("good", "IP:127.0.0.1,DNS:localhost")

    def server(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return Server(say(ok), tls=context)

    def expect_untrusted(self, server, outcome, reason):
        self.expect_failure(outcome, "tls", "not_done")
        self.assertIn(reason, outcome["message"])
        self.assertTrue(outcome["message"].startswith(f"https://127.0.0.1:{server.port}: "), outcome)
        self.assertEqual((outcome["sent"], outcome["peer"], server.requests), (False, None, []))

    def test_a_certificate_of_a_trusted_authority_for_the_name(self):
        with self.server(self.good) as server, Client("--ca", self.authority.certificate) as client:
            for host in ("127.0.0.1", "localhost"):
                outcome = client.ask(server.url("https", host), body="x")
                self.expect_answer(outcome, 200, "ok")
                self.assertEqual(outcome["peer"], loopback)

    def test_a_certificate_of_somebody_else(self):
        with self.server(self.good) as server:
            outcome = self.ask(server.url("https"), "--ca", self.stranger.certificate)
            self.expect_untrusted(server, outcome, "unable to get local issuer certificate")

    def test_without_a_file_the_authorities_of_the_system_count(self):
        with self.server(self.good) as server:
            self.expect_untrusted(server, self.ask(server.url("https")), "certificate")

    def test_a_certificate_that_has_expired(self):
        expired = self.authority.issue("expired", "IP:127.0.0.1", days=-1)
        with self.server(expired) as server:
            outcome = self.ask(server.url("https"), "--ca", self.authority.certificate)
            self.expect_untrusted(server, outcome, "certificate has expired")

    def test_a_certificate_for_another_name(self):
        other = self.authority.issue("other", "DNS:other.example.org,IP:127.0.0.2")
        with self.server(other) as server:
            outcome = self.ask(server.url("https"), "--ca", self.authority.certificate)
            self.expect_untrusted(server, outcome, "no alternative certificate subject name matches")

    def test_an_authority_that_cannot_be_read(self):
        with self.server(self.good) as server:
            outcome = self.ask(server.url("https"), "--ca", self.folder / "gone.pem")
            self.expect_untrusted(server, outcome, "gone.pem")

    def test_a_server_that_speaks_no_tls(self):
        with Server(say(ok)) as server:
            server.connected = lambda connection: (connection.recv(10), connection.sendall(ok))
            outcome = self.ask(server.url("https"), "--ca", self.authority.certificate)
            self.expect_untrusted(server, outcome, "SSL")


if __name__ == "__main__":
    unittest.main()
