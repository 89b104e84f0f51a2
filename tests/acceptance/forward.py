"""An HTTP proxy on a free port: CONNECT and whole URLs, with a login. It leads every name to this machine, so a name
that only it can look up is reached. What it was asked is in `asked`, what it refused in `refused`."""

import base64
import select
import socket
import socketserver
import threading
from urllib.parse import urlsplit

from sink import Server

HEAD_BYTES_MAX = 64 * 1024


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        buffer = b""
        while b"\r\n\r\n" not in buffer:
            got = self.request.recv(HEAD_BYTES_MAX)
            if not got:
                return
            buffer += got
        head, rest = buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        proxy = self.server.proxy
        if proxy.login and f"Proxy-Authorization: Basic {proxy.login}" not in lines:
            proxy.refused.append(lines[0])
            self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            return
        proxy.asked.append(lines[0])
        method, target, _ = lines[0].split(" ")
        tunnel = method == "CONNECT"
        url = urlsplit(f"//{target}" if tunnel else target)
        with socket.create_connection(("127.0.0.1", url.port or 80), timeout=10) as upstream:
            if tunnel:
                self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                kept = [line for line in lines[1:] if not line.startswith("Proxy-")] + ["Connection: close"]
                path = url.path + (f"?{url.query}" if url.query else "")
                told = "\r\n".join([f"{method} {path} HTTP/1.1", *kept])
                upstream.sendall(told.encode("latin-1") + b"\r\n\r\n" + rest)
            self.pump(upstream)

    def pump(self, upstream):
        ends = {self.request: upstream, upstream: self.request}
        while True:
            for ready in select.select(list(ends), [], [])[0]:
                got = ready.recv(HEAD_BYTES_MAX)
                if not got:
                    return
                ends[ready].sendall(got)


class Proxy:
    def __init__(self, user="", password=""):
        self.login = base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""
        self.asked, self.refused = [], []
        self._server = type("ProxyServer", (Server,), {})(("127.0.0.1", 0), Handler)
        self._server.proxy = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def url(self, login=""):
        return f"http://{login + '@' if login else ''}127.0.0.1:{self.port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
