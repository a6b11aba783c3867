"""Joining a meeting whose log is long, beside one that has just begun: the time, and what the server's memory grows by."""

from __future__ import annotations

import asyncio
import time
from statistics import median

from meetings import live_log, views
from meetings.agenda import StartMeeting
from meetings.database import Database
from meetings.perform import perform
from tests.support.live_rooms import LiveRooms, live_rooms
from tests.support.meetings import Held, hold_meeting

from .figures import Figure
from .memory import resident_kb
from .servers import database

EVENTS, JOINS, MEMBERS = 20_000, 200, 100


async def grow(db: Database, held: Held) -> None:
    """The agenda's items change again and again."""
    for _ in range(EVENTS // 1000):
        async with db.transaction(held.id) as tx:
            for n in range(334):
                await views.announce(tx, "item", [held.items[n % 3]])
            seen = tx.live[-1]
            while len(tx.live) < 1000:
                live_log.append(tx, seen["kind"], seen["data"])


async def joins(rooms: LiveRooms, held: Held) -> tuple[float, float]:
    """(median milliseconds of a join by itself, KB that the server grew by)"""
    took, before = [], resident_kb()
    for n in range(JOINS):
        client = rooms.client(held.members[n % MEMBERS])
        await client.wire.connect()
        started = time.perf_counter()
        assert (await client.join(held.id))["ok"]
        took.append(time.perf_counter() - started)
        await client.wire.cut()
        await asyncio.sleep(0)
    return median(took) * 1e3, resident_kb() - before


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        async with database(kind) as db, live_rooms(db) as rooms:
            held = await hold_meeting(db, MEMBERS)
            await perform(db, held.chair, StartMeeting(meeting_id=held.id))
            await joins(rooms, held)
            young, _ = await joins(rooms, held)
            await grow(db, held)
            old, grown = await joins(rooms, held)
            figures += [
                Figure(f"age, {kind}: old / young", old / young, "times", f"{EVENTS:,} events; young: {young:.1f} ms", 1.25, less=True),
                Figure(f"age, {kind}: memory, {JOINS} joins", grown / 1024, "MB", "grown while they came and went", 8, less=True),
            ]
    return figures
