"""A TCP proxy that does to the bytes what networks and broken servers do: waits, slices, cuts, says more, goes silent."""

import asyncio
import contextlib
import itertools
import socket
import sys
import threading

CHUNK = 64 * 1024


class FaultProxy:
    """Listens on `port`, with `tls` if there is a context for it, or on a unix socket at the path `listen`, which is
    then its `port`. A connection keeps to what was set when its bytes came.

    `latency`: seconds before bytes go on, either way. `bytes_per_second`: no faster. `slice`: at most so many bytes in
    a write. `change(bytes)`: what the server's bytes become; None cuts the connection before they come through.
    `silent`: nothing goes on either way. `carried`: bytes that came from clients."""

    def __init__(self, target, listen="127.0.0.1", tls=None):
        self.target = target  # path of a unix socket, or a port
        self.carried, self._tls = 0, tls
        self.latency, self.bytes_per_second, self.slice, self.silent = 0.0, 0, 0, False
        self.change = None
        self._clients, self._servers = set(), set()
        self._loop = asyncio.new_event_loop()
        if "/" in listen:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(listen)
            listener.listen(128)
            self.port = listen
        else:
            listener = socket.create_server((listen, 0), backlog=128)
            self.port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()

    def _run(self, listener):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start_server(listener))
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))

    async def _start_server(self, listener):
        starts = asyncio.start_unix_server if listener.family == socket.AF_UNIX else asyncio.start_server
        await starts(self._serve, sock=listener, ssl=self._tls)

    async def _serve(self, reader, writer):
        try:
            if isinstance(self.target, int):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            else:
                far_reader, far_writer = await asyncio.open_unix_connection(self.target)
        except OSError:
            writer.transport.abort()
            return
        self._clients.add(writer)
        self._servers.add(far_writer)
        await asyncio.gather(self._pump(reader, far_writer, False), self._pump(far_reader, writer, True))
        self._clients.discard(writer)
        self._servers.discard(far_writer)

    async def _pump(self, reader, writer, answers):
        try:
            while data := await reader.read(CHUNK):
                self.carried += 0 if answers else len(data)
                while self.silent:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(self.latency)
                if self.bytes_per_second:
                    await asyncio.sleep(len(data) / self.bytes_per_second)
                if answers and self.change:
                    data = self.change(data)
                    if data is None:
                        break
                await self._write(writer, data)
        except OSError:
            pass
        writer.transport.abort()

    async def _write(self, writer, data):
        size = self.slice or max(len(data), 1)
        for at in range(0, len(data), size):
            writer.write(data[at : at + size])
            await writer.drain()

    @contextlib.contextmanager
    def losing(self, every):
        """The connection is cut before every so-manieth piece of the server's bytes comes through."""
        pieces = itertools.count(1)
        self.change = lambda data: None if next(pieces) % every == 0 else data
        yield
        self.change = None

    def say(self, data):
        """To everybody who is connected, unasked."""
        self._loop.call_soon_threadsafe(lambda: [one.write(data) for one in list(self._clients)])

    def cut(self):
        """Every connection, by a reset."""
        self._loop.call_soon_threadsafe(
            lambda: [one.transport.abort() for one in [*self._clients, *self._servers]]
        )

    def join(self):
        self._thread.join()

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


def main():
    """ADDRESS TARGET: a plain proxy in another network, until killed; says its port."""
    proxy = FaultProxy(sys.argv[2], listen=sys.argv[1])
    print(proxy.port, flush=True)
    proxy.join()


if __name__ == "__main__":
    main()
