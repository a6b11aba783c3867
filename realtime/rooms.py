"""Coming into a room, catching up after a cut, and leaving."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

from meetings import clock, live_log
from meetings.access import standings_known
from meetings.commands import Actor
from meetings.database import Database
from meetings.errors import NotFound
from meetings.standing import Standing

from .batch import Batch
from .connections import Connections, Member, member_of
from .fanout import Fanout
from .gathering import Gathering
from .minutes_sync import MinutesSync
from .presence import Presence
from .pump import Pump
from .snapshots import Snapshots

log = logging.getLogger(__name__)
ADMIT = 0.02  # seconds: who asks to come in meanwhile is looked up together
MOST_REPLAYED = 2000  # events; who is further behind gets a snapshot


class Rooms:
    def __init__(self, db: Database, connections: Connections, fanout: Fanout, presence: Presence, minutes: MinutesSync) -> None:
        self._db, self._connections, self._fanout = db, connections, fanout
        self._presence, self._minutes = presence, minutes
        self._snapshots = Snapshots(db)
        self._standings = Gathering(self._standings_of, ADMIT)
        self._pumps: dict[str, tuple[Pump, asyncio.Task[None]]] = {}

    async def join(self, sid: str, actor: Actor, meeting_id: str, view: str, site_id: str | None = None) -> dict[str, Any]:
        """Raises Refusal when this actor may not be in this room."""
        self.leave(sid)
        member = member_of(await self._standings.ask(meeting_id, actor), sid, meeting_id, view, site_id)
        if sid not in self._connections.actors:
            raise NotFound("not_joined")  # cut off meanwhile
        # In the room, with the pump at its place, before the snapshot is read: no event falls between the two.
        self._connections.enter(member)
        with contextlib.ExitStack() as unless_joined:
            unless_joined.callback(self.leave, sid)
            async with self._holding(member):
                await self._pump(meeting_id).ready.wait()
                answer = await self._snapshots.of(member)
            unless_joined.pop_all()
        self._presence.changed(meeting_id)
        return answer

    async def _standings_of(self, meeting_id: str, actors: Sequence[Actor]) -> Sequence[Standing | Exception]:
        async with self._db.reading() as reading:
            return await standings_known(reading, meeting_id, actors)

    async def sync(self, member: Member, since: int, epoch: str) -> dict[str, Any]:
        """The events after `since`, or a snapshot."""
        async with self._holding(member):
            return (None if member.stale else await self._replay(member, since, epoch)) or await self._snapshots.of(member)

    def leave(self, sid: str) -> None:
        member = self._connections.leave(sid)
        if member is None:
            return
        if member.meeting_id not in self._connections.rooms:
            self._minutes.forget(member.meeting_id)
            self._snapshots.forget(member.meeting_id)
        self._presence.left(member)

    async def close(self) -> None:
        for _, task in list(self._pumps.values()):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _replay(self, member: Member, since: int, epoch: str) -> dict[str, Any] | None:
        async with self._db.reading() as reading:
            present, last = await live_log.position(reading, member.meeting_id)
            if epoch != present or not 0 <= since <= last or last - since > MOST_REPLAYED:
                return None
            rows = await live_log.read_after(reading, member.meeting_id, since, MOST_REPLAYED)
        if member.stale or (rows and rows[0].seq != since + 1):
            return None
        events = Batch(rows).events(member)
        return {"epoch": epoch, "from": since + 1, "to": since + len(rows), "now": clock.iso(clock.now()), "events": events}

    @contextlib.asynccontextmanager
    async def _holding(self, member: Member) -> AsyncIterator[None]:
        """What the pump sends meanwhile follows the acknowledgement that is being made, instead of overtaking it."""
        member.held = []
        try:
            yield
        finally:
            # The acknowledgement is put on its way without waiting, right after this; so this comes next.
            asyncio.get_running_loop().call_soon(self._release, member)

    def _release(self, member: Member) -> None:
        held, member.held = member.held or [], None
        for what in held:
            self._fanout.send([member.sid], what)

    def _pump(self, meeting_id: str) -> Pump:
        pump, task = self._pumps.get(meeting_id, (None, None))
        if pump is None or task is None or task.done():
            pump = Pump(self._db, self._connections, self._fanout, self._minutes, self.leave, meeting_id)
            task = asyncio.create_task(pump.run(), name=f"pump {meeting_id}")
            self._pumps[meeting_id] = (pump, task)
            task.add_done_callback(lambda done: self._ended(meeting_id, done))
        return pump

    def _ended(self, meeting_id: str, task: asyncio.Task[None]) -> None:
        if self._pumps.get(meeting_id, (None, None))[1] is task:
            del self._pumps[meeting_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("pump of %s ended", meeting_id, exc_info=error)
            for member in self._connections.room(meeting_id):
                self._fanout.drop(member.sid)  # they come back, to a new pump and a fresh snapshot
