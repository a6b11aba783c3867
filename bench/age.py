"""Joining a meeting whose log is long, beside one that has just begun: the time, and what the server's memory grows by."""

from __future__ import annotations

import time
from statistics import median

from meetings import live_log, views
from meetings.agenda import StartMeeting
from meetings.database import Database
from meetings.perform import perform
from tests.support.live_rooms import LiveRooms, live_rooms
from tests.support.meetings import Held, hold_meeting
from tests.support.room_client import RoomClient

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


async def join(rooms: LiveRooms, held: Held, n: int) -> float:
    """Milliseconds."""
    actor = held.members[n % MEMBERS]
    rooms.known[actor.key] = actor
    client = RoomClient(rooms.url, f"who={actor.key}")  # of no fixture, which would keep it
    await client.wire.connect()
    started = time.perf_counter()
    assert (await client.join(held.id))["ok"]
    took = time.perf_counter() - started
    await client.wire.cut()
    return took * 1e3


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        async with database(kind) as db, live_rooms(db) as rooms:
            young, old = [await hold_meeting(db, MEMBERS) for _ in range(2)]
            for held in (young, old):
                await perform(db, held.chair, StartMeeting(meeting_id=held.id))
            await grow(db, old)
            for n in range(MEMBERS):  # warms up
                await join(rooms, young, n)
            before = resident_kb()
            took = [(await join(rooms, young, n), await join(rooms, old, n)) for n in range(JOINS)]  # in turns
            grown = (resident_kb() - before) / 1024
            ratio = median(ms for _, ms in took) / median(ms for ms, _ in took)
            figures += [
                Figure(f"age, {kind}: join, old / young", ratio, "times", f"{EVENTS:,} events beside a handful", 1.25, less=True),
                Figure(f"age, {kind}: memory, {JOINS} joins of each", grown, "MB", "grown while they came and went", 8, less=True),
            ]
    return figures
