"""A TCP proxy that does to the bytes what networks and broken servers do: waits, slices, cuts, says more, goes silent."""

import asyncio
import socket
import threading

CHUNK = 64 * 1024


class FaultProxy:
    """Listens on `port`. A connection keeps to what was set when its bytes came.

    `latency`: seconds before bytes go on, either way. `bytes_per_second`: no faster. `slice`: at most so many bytes in
    a write. `change(bytes)`: what the server's bytes become; None cuts the connection before they come through.
    `silent`: nothing goes on either way."""

    def __init__(self, target, host="127.0.0.1"):
        self.target = target  # path of a unix socket, or a port
        self.latency, self.bytes_per_second, self.slice, self.silent = 0.0, 0, 0, False
        self.change = None
        self._clients, self._servers = set(), set()
        self._loop = asyncio.new_event_loop()
        listener = socket.create_server((host, 0))
        self.port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()

    def _run(self, listener):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._serve, sock=listener))
        self._loop.run_forever()

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

    def say(self, data):
        """To everybody who is connected, unasked."""
        self._loop.call_soon_threadsafe(lambda: [one.write(data) for one in list(self._clients)])

    def cut(self):
        """Every connection, by a reset."""
        self._loop.call_soon_threadsafe(
            lambda: [one.transport.abort() for one in [*self._clients, *self._servers]]
        )

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
