"""Memory of the server for each client that is in the room and idle."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

from meetings.agenda import StartMeeting
from meetings.perform import perform
from tests.support.live_rooms import live_rooms
from tests.support.meetings import hold_meeting

from .figures import Figure
from .load import load
from .servers import database

SIZES = (1000, 2000)
GOAL = 60.0  # KB a client


def resident_kb() -> float:
    """Of this process, which is the server."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4.096


async def run() -> list[Figure]:
    async with database("sqlite") as db, live_rooms(db) as rooms:
        held = await hold_meeting(db, max(SIZES))
        await perform(db, held.chair, StartMeeting(meeting_id=held.id))
        rooms.known |= {member.key: member for member in held.members}
        port, cookies = int(rooms.url.rpartition(":")[2]), [f"who={member.key}" for member in held.members]
        join = ("join", {"meeting_id": held.id})
        async with load(port, cookies[:200], join):  # warms up, and leaves the room's own state in memory
            before, at = resident_kb(), 200
            figures = []
            async with load(port, cookies[200 : SIZES[0]], join), load(port, cookies[SIZES[0] :], join):
                await asyncio.sleep(5)  # presence is told, snapshots are away
                each = (resident_kb() - before) / (SIZES[1] - at)
                figures.append(Figure(f"memory, {SIZES[1]:,} clients, each", each, "KB", "resident, idle in the room", GOAL, less=True))
    return figures
