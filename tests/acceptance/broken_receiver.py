"""Receivers that take a connection and do one thing wrong."""

import socketserver
import threading

from sink import Server

DRIP_EVERY = 0.1
TLS_REFUSAL = b"\x15\x03\x01\x00\x02\x02\x28"  # an alert: fatal, handshake_failure


class BrokenReceiver:
    """A receiver that takes connections and does one thing wrong."""

    def __init__(self, behave, scheme="http", form="format: cloudevents", timeout=5):
        """`channel`: what a channel that leads here says in yuqingd.yaml."""
        receiver = self
        receiver.attempts, receiver._ending = 0, threading.Event()

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                if not self.request.recv(65536):
                    return
                receiver.attempts += 1
                behave(receiver, self.request)

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        self.channel = f"{form}, url: '{scheme}://127.0.0.1:{self._server.server_address[1]}/', timeout: {timeout}s"

    def hang(self, _):
        self._ending.wait()

    def drip(self, connection):
        for byte in b"HTTP/1.1 200 OK\r\nx-slow: ":
            connection.sendall(bytes([byte]))
            if self._ending.wait(DRIP_EVERY):
                return
        while not self._ending.wait(DRIP_EVERY):
            connection.sendall(b"x")

    def refuse_tls(self, connection):
        connection.sendall(TLS_REFUSAL)

    def fail(self, connection):
        connection.sendall(b'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{"code":7}')

    def close(self):
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()
