"""A TCP proxy that does to each connection what networks do: slices it, slows it, cuts it within a frame, lets it hang open; or,
when told to, cuts what is idle, stands still, or forbids WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

FAULTS = ("none", "sliced", "slow", "cut", "half-open")


@dataclass
class BadNetwork:
    """`suffered`: how many connections met each fault. `calm`: from now on nothing happens to new ones. `idle`: seconds after which
    a silent connection is cut. `awake` cleared: nothing passes, nothing is cut. `websocket` false: upgrades are refused."""

    port: int
    dice: random.Random
    target: int
    calm: bool = False
    idle: float | None = None
    websocket: bool = True
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    suffered: Counter[str] = field(default_factory=Counter)
    _pipes: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __post_init__(self) -> None:
        self.awake.set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = "none" if self.calm else self.dice.choice(FAULTS)
        self.suffered[fault] += 1
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        # Past the handshake and the first messages, in the midst of whatever comes then.
        allowed = self.dice.randrange(600, 30_000) if fault in ("cut", "half-open") else 1 << 40
        pipes = {
            asyncio.create_task(self._pipe(reader, there_writer, fault, 1 << 40)),
            asyncio.create_task(self._pipe(there_reader, writer, fault, allowed)),
        }
        self._pipes |= pipes
        await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        for one in pipes:
            one.cancel()
        await asyncio.gather(*pipes, return_exceptions=True)
        self._pipes -= pipes
        for end in (writer, there_writer):
            end.transport.abort()

    async def _read(self, reader: asyncio.StreamReader, most: int) -> bytes:
        try:
            async with asyncio.timeout(self.idle):
                return await reader.read(most)
        except TimeoutError:
            return b""

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: str, allowed: int) -> None:
        """Until one side ends; having passed `allowed` bytes it cuts, or, half-open, stands still for ever."""
        with contextlib.suppress(ConnectionError):
            while data := await self._read(reader, 7 if fault == "sliced" else 4096):
                await self.awake.wait()
                if not self.websocket and b"upgrade: websocket" in data.lower():
                    return
                if fault == "slow":
                    await asyncio.sleep(0.02)
                writer.write(data[:allowed])
                await writer.drain()
                allowed -= len(data)
                if allowed <= 0:
                    if fault == "cut":
                        return
                    await asyncio.Event().wait()


@asynccontextmanager
async def bad_network(target: int, seed: int) -> AsyncIterator[BadNetwork]:
    """Listens on a port of its own and passes on to `target`."""
    network = BadNetwork(0, random.Random(seed), target)
    server = await asyncio.start_server(network.connected, "127.0.0.1", 0)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        server.close()
        for pipe in list(network._pipes):
            pipe.cancel()
        await asyncio.gather(*network._pipes, return_exceptions=True)
