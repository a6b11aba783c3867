"""Sends what the log tells, in its order: one task for each meeting that has sockets here. Nothing else sends events."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

from meetings import clock, live_log
from meetings.database import Database, Row
from meetings.errors import Unavailable

from .batch import Batch, View
from .connections import Connections, Member, role_of
from .fanout import Fanout, message
from .messages import farewell
from .minutes_sync import MinutesSync
from .ready_json import Ready, encode

log = logging.getLogger(__name__)
GATHER = 0.02  # seconds: what commits meanwhile travels in the same frame
LOOK_AGAIN = 10.0  # seconds, in case a wake-up was lost
MOST = 1000  # events a batch
NEVER = 2**53 - 1  # above every number that a client can know
Leave = Callable[[str], None]  # a socket, by its sid


class Pump:
    def __init__(
        self, db: Database, connections: Connections, fanout: Fanout, minutes: MinutesSync, leave: Leave, meeting_id: str
    ) -> None:
        self._db, self._connections, self._fanout, self._minutes = db, connections, fanout, minutes
        self._leave, self._meeting_id = leave, meeting_id
        self._position = -1
        self._epoch = ""
        # Set once it has its place in the log. A snapshot read after that is followed by every event it does not contain.
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """While anybody is in the room."""
        try:
            await self._run()
        finally:
            self.ready.set()  # nobody waits for a pump that is no more

    async def _run(self) -> None:
        with self._db.wakeups.watch(self._meeting_id) as watch:
            while self._meeting_id in self._connections.rooms:
                try:
                    while await self._send_next():
                        pass
                    await self._minutes.send_new(self._meeting_id)
                except Unavailable:  # what commits meanwhile waits in the log
                    await asyncio.sleep(1)
                    continue
                await watch.wait(LOOK_AGAIN)
                await asyncio.sleep(GATHER)

    async def _send_next(self) -> bool:
        """One batch; whether there may be more."""
        async with self._db.reading() as reading:
            epoch, last = await live_log.position(reading, self._meeting_id)
            if epoch != self._epoch or self._position < 0:
                self._start_at(epoch, last)
            rows = await live_log.read_after(reading, self._meeting_id, self._position, MOST)
        if rows:
            self.send(rows)
        return len(rows) == MOST

    def _start_at(self, epoch: str, last: int) -> None:
        """At the start; with the meeting's first event ever (until then its epoch is empty); after a backup was restored."""
        restored = self._epoch != ""
        if restored or self._position < 0:
            self._position = last
        self._epoch = epoch
        if restored:
            for member in self._connections.room(self._meeting_id):
                self._start_afresh(member)
        self.ready.set()

    def send(self, rows: Sequence[Row]) -> None:
        """One frame for each different view of these rows, which are the next in the log."""
        self._apply_memberships(rows)
        batch = Batch(rows)
        first, last = self._position + 1, rows[-1].seq
        self._position = last
        viewers: dict[View, list[Member]] = defaultdict(list)
        viewed_by = batch.viewed_by
        for member in self._connections.rooms.get(self._meeting_id, {}).values():
            viewers[viewed_by(member)].append(member)
        facts = encode({"epoch": self._epoch, "from": first, "to": last, "now": clock.iso(clock.now())})[:-1]
        for members in viewers.values():
            frame = message("events", Ready((facts, b',"events":', *batch.events(members[0]).parts, b"}")))
            ready = [member.sid for member in members if member.held is None]
            if len(ready) < len(members):
                for member in members:
                    if member.held is not None:
                        member.held.append(frame)
            self._fanout.send(ready, frame)

    def _apply_memberships(self, rows: Sequence[Row]) -> None:
        """Whoever is no longer invited leaves before the next event; whose role changed starts afresh with what it may see."""
        self._apply_sites([row for row in rows if row.kind in ("site.removed", "site.changed")])
        rows = [row for row in rows if row.kind in ("participant.removed", "participant.changed")]
        if not rows:
            return
        here: dict[str | None, list[Member]] = {}
        for member in self._connections.room(self._meeting_id):
            here.setdefault(member.participant_id, []).append(member)
        for row in rows:
            for member in here.get(row.data["id"], ()):
                if row.kind == "participant.removed":
                    self._leave(member.sid)
                    self._fanout.dismiss(member.sid, farewell("link_removed", member.actor.language))
                elif member.role not in ("projector", role := role_of(row.data["duty"], row.data["deputy"])):
                    member.role = role
                    self._start_afresh(member)

    def _apply_sites(self, rows: Sequence[Row]) -> None:
        """The page of a site that is no longer planned closes, and that of staff whose agency no longer sits there."""
        now = {row.data["id"]: row for row in rows}
        for member in [member for member in self._connections.room(self._meeting_id) if member.site_id in now]:
            row = now[member.site_id]
            if row.kind == "site.removed" or (member.actor.kind == "account" and row.data["agency_id"] != member.actor.agency_id):
                self._leave(member.sid)
                self._fanout.dismiss(member.sid, farewell("link_removed", member.actor.language))

    def _start_afresh(self, member: Member) -> None:
        """Make the client ask for `sync`, which gives it a snapshot."""
        member.stale = True
        facts = {"epoch": "", "from": NEVER, "to": NEVER, "now": clock.iso(clock.now()), "events": []}
        restart = message("events", facts)
        if member.held is None:
            self._fanout.send([member.sid], restart)
        else:
            member.held.append(restart)
