"""Tells those who wait for a scope that something was committed there: by an event within the process, and by
PostgreSQL's LISTEN/NOTIFY between processes. A wake-up may be lost or come twice; whoever waits reads the log itself
and looks again after a while on its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Iterator

import asyncpg

CHANNEL = "diemcau"
log = logging.getLogger(__name__)


class WakeUps:
    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def watch(self, scope: str) -> Iterator[Watch]:
        """From here on no commit in `scope` is missed: `Watch.wait` returns at once if one came since the last call."""
        event = asyncio.Event()
        self._waiting[scope].add(event)
        try:
            yield Watch(event)
        finally:
            self._waiting[scope].discard(event)
            if not self._waiting[scope]:
                del self._waiting[scope]

    def wake(self, scope: str) -> None:
        for event in self._waiting.get(scope, ()):
            event.set()

    def listen(self, dsn: str) -> None:
        self._listener = asyncio.create_task(self._listen(dsn), name="database wake-ups")

    async def close(self) -> None:
        if self._listener:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener

    async def _listen(self, dsn: str) -> None:
        while True:
            try:
                await self._listen_once(dsn)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("wake-ups lost: %s", error)
            await asyncio.sleep(1)

    async def _listen_once(self, dsn: str) -> None:
        connection = await asyncpg.connect(dsn)
        try:
            gone = asyncio.Event()
            connection.add_termination_listener(lambda _: gone.set())
            await connection.add_listener(CHANNEL, lambda _c, _pid, _channel, scope: self.wake(str(scope)))
            for scope in list(self._waiting):
                self.wake(scope)  # whatever was told while nobody listened
            await gone.wait()
        finally:
            connection.terminate()


class Watch:
    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, seconds: float) -> None:
        """Until something was committed, or `seconds` have gone by."""
        # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the wake-up.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        self._event.clear()
