"""The outbox's postman: claims rows that are due, has their mails built off the event loop, hands them to the mail server over
several connections, and marks each. A server that is down costs nothing but time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence

import aiosmtplib

from meetings.errors import Unavailable
from meetings.outbox import SCOPE, Outbox
from meetings.outgoing import Claimed, Outcome, not_sent
from meetings.settings import Settings
from meetings.wakeups import WakeUps

from .building import Built
from .courtesy import Courtesy
from .delivery import LOST, Post, connection
from .ledger import Ledger
from .workshop import Workshop

log = logging.getLogger(__name__)
BATCH = 96
WINDOW = 3  # so many mails of each connection may be unsure when this process dies; each has its share in a commit
LOOK_AGAIN = 5.0  # seconds, when nothing wakes us
CANNOT_BUILD = "the mail could not be built; the log says why"
Batch = list[tuple[Claimed, Built]]


class Mailer:
    def __init__(self, settings: Settings, outbox: Outbox, wakeups: WakeUps, courtesy: Courtesy | None = None) -> None:
        self._settings, self._outbox, self._wakeups = settings, outbox, wakeups
        self._workshop = Workshop(settings)
        self._courtesy = courtesy or Courtesy()
        self._ledger = Ledger(outbox, self._courtesy)

    async def run(self) -> None:
        """Until cancelled."""
        with self._wakeups.watch(SCOPE) as watch:
            try:
                while True:
                    try:
                        await self.send_due()
                    except Unavailable:  # looked at again
                        pass
                    except OSError as error:  # the workshop's process: what it had is claimed again after its lease
                        log.warning("mail: %s", error)
                    await watch.wait(LOOK_AGAIN)
            finally:
                await self._workshop.close()

    async def close(self) -> None:
        await self._workshop.close()

    async def send_due(self) -> int:
        """All that is due, the next batch being built while one is sent; how many rows it took."""
        taken = 0
        coming = asyncio.create_task(self._next())
        try:
            while batch := await coming:
                taken += len(batch)
                coming = asyncio.create_task(self._next())
                await (self._keep(batch) if self._settings.mail == "local" else self._deliver(batch))
        finally:
            await self._give_back(coming)
        return taken

    async def _next(self) -> Batch:
        while rows := await self._outbox.claim(BATCH):
            try:
                built = await self._workshop.build(rows)
            except BaseException:
                await self._release(rows)
                raise
            broken = [row for row, mail in zip(rows, built, strict=True) if mail is None]
            if broken:
                await self._outbox.record([Outcome(row, "failed", CANNOT_BUILD) for row in broken], [])
            if batch := [(row, mail) for row, mail in zip(rows, built, strict=True) if mail is not None]:
                return batch
        return []

    async def _give_back(self, coming: asyncio.Task[Batch]) -> None:
        """What was claimed and will not be sent by us, because we are stopped."""
        if not coming.done():
            coming.cancel()
        with contextlib.suppress(asyncio.CancelledError, Unavailable, OSError):
            await self._release([row for row, _ in await coming])

    async def _release(self, rows: Sequence[Claimed]) -> None:
        with contextlib.suppress(Unavailable):  # then their lease runs out
            if rows:
                await self._outbox.release(rows)

    async def _keep(self, batch: Batch) -> None:
        await self._outbox.keep([(row, mail.content) for row, mail in batch])

    async def _deliver(self, batch: Batch) -> None:
        waiting = deque(batch)
        try:
            told = await asyncio.gather(*(self._carry(waiting) for _ in range(min(self._settings.smtp_connections, len(batch)))))
            if waiting and (error := next(filter(None, told), None)):  # no connection was left: all is tried again later
                await self._outbox.record([not_sent(row, error, permanent=False) for row, _ in waiting], [])
                waiting.clear()
        finally:
            await self._release([row for row, _ in waiting])

    async def _carry(self, waiting: deque[tuple[Claimed, Built]]) -> str:
        """One connection, as long as there is something to carry; what was wrong with it."""
        outcomes: list[Outcome] = []
        try:
            async with connection(self._settings) as server:
                post = Post(server)
                while waiting and post.open:
                    window = [waiting.popleft() for _ in range(min(WINDOW, len(waiting)))]
                    done, outcomes = outcomes, []
                    may = await self._ledger.mark(done, [row for row, _ in window])
                    for row, mail in window:
                        await self._courtesy.pause()
                        if row.id in may:  # else somebody else has it
                            outcomes.append(await post.hand_over(row, mail))
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail server: %s", error)
            return str(error)
        finally:
            if outcomes:
                await self._ledger.mark(outcomes, [])
        return "" if post.open else LOST
