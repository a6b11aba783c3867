"""A storm: two thousand browsers connect and join a running meeting at once, until the last has its snapshot."""

from __future__ import annotations

import asyncio
from statistics import median

from meetings.agenda import StartMeeting
from meetings.perform import perform
from tests.support.live_rooms import live_rooms
from tests.support.meetings import hold_meeting

from .figures import Figure
from .load import load
from .servers import database, stock

CLIENTS, REPEATS = 2000, 3


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        async with database(kind) as db, live_rooms(db) as rooms:
            held = await hold_meeting(db, CLIENTS)
            await perform(db, held.chair, StartMeeting(meeting_id=held.id))
            rooms.known |= {member.key: member for member in held.members}
            snapshot = await (await rooms.joined(held.chair, held.id)).call("sync")
            port, cookies = int(rooms.url.rpartition(":")[2]), [f"who={member.key}" for member in held.members]
            seconds = []
            for _ in range(REPEATS):
                async with load(port, cookies, ("join", {"meeting_id": held.id})) as browsers:
                    seconds.append(browsers.ready_seconds)
                await asyncio.sleep(1)  # they have left
        against = "from the first connect to the last snapshot"
        figures.append(Figure(f"join, {kind}: {CLIENTS:,} clients", median(seconds), "s", against, 6, less=True))
    async with stock(lambda: snapshot) as (port, _), load(port, cookies, ("join", {})) as browsers:
        usual = browsers.ready_seconds
    return [*figures, Figure("join: stock / room", usual / median(seconds), "times", f"python-socketio answering as much, {usual:.1f} s")]
