"""What several connections have to write down at once, in one transaction: which mails are handed over next, and what became of those
before. Nothing is handed over before it is durably written, and yet a commit is shared by as many as send at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from meetings.outbox import Outbox
from meetings.outgoing import Claimed, Outcome

from .courtesy import Courtesy

Entry = tuple[Sequence[Outcome], Sequence[Claimed], "asyncio.Future[set[str]]"]


class Ledger:
    def __init__(self, outbox: Outbox, courtesy: Courtesy) -> None:
        self._outbox, self._courtesy = outbox, courtesy
        self._waiting: list[Entry] = []
        self._writing: asyncio.Task[None] | None = None

    async def mark(self, outcomes: Sequence[Outcome], handed: Sequence[Claimed]) -> set[str]:
        """The ids of those that may be handed over. Raises Unavailable when it could not be written."""
        written: asyncio.Future[set[str]] = asyncio.get_running_loop().create_future()
        self._waiting.append((outcomes, handed, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="mail ledger")
        return await asyncio.shield(written)

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._courtesy.wait()  # here, so that all connections wait together and share the commit
                entries, self._waiting = self._waiting, []
                await self._record(entries)
        finally:
            self._writing = None

    async def _record(self, entries: list[Entry]) -> None:
        futures = [written for _, _, written in entries]
        try:
            outcomes = [outcome for these, _, _ in entries for outcome in these]
            may = await self._outbox.record(outcomes, [row for _, handed, _ in entries for row in handed])
        except Exception as error:  # told to each of those who wait
            for written in futures:
                if not written.done():
                    written.set_exception(error)
            return
        except BaseException:
            for written in futures:
                written.cancel()
            raise
        for written in futures:
            if not written.done():
                written.set_result(may)
