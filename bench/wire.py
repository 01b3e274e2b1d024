"""A wire that weighs: it passes on what a browser and a server say to each other, and counts the bytes as they are sent.

A browser tells how long its answers were, but the messages of a websocket only as they are when unpacked.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Listens on one port of the loopback address and passes everything on to another."""

    def __init__(self, to: int) -> None:
        self.bytes = 0
        self._to = to

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on one connection, both ways, until either end closes it."""
        with suppress(ConnectionError, asyncio.CancelledError):
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self._to)
            await asyncio.gather(self._pass(reader, other_writer), self._pass(other_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65536):
                self.bytes += len(piece)
                writer.write(piece)
                await writer.drain()
        finally:
            writer.close()


@contextmanager
def wire(port: int, to: int) -> Iterator[Wire]:
    """Yield a wire from `port` to the port `to`; it works in a thread of its own."""
    weighing, loop = Wire(to), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(weighing.join, "127.0.0.1", port), loop).result(10)
        yield weighing
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
