"""Minutes written by ten at once and read by two hundred: from a keystroke until the last reader has it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterable
from itertools import cycle, islice

from meetings.agenda import StartMeeting
from meetings.perform import perform
from tests.support.live_rooms import live_rooms
from tests.support.meetings import hold_meeting

from .figures import Figure
from .peers import peer
from .servers import database
from .typing_load import TYPISTS

READERS = 200
GOAL = 150.0


async def typed(port: int, kind: str, cookies: Iterable[str], meeting: str = "") -> tuple[float, float]:
    """(p50 ms, p95 ms)"""
    arguments = [sys.executable, "-m", "bench.typing_load", str(port), kind, meeting]
    process = await asyncio.create_subprocess_exec(*arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    out, _ = await process.communicate("\n".join(cookies).encode())
    p50, p95 = map(float, out.split())
    return p50, p95


async def in_the_room(kind: str) -> tuple[float, float]:
    async with database(kind) as db, live_rooms(db) as rooms:
        held = await hold_meeting(db, READERS)
        await perform(db, held.chair, StartMeeting(meeting_id=held.id))
        runners = [held.chair, held.secretary]
        rooms.known |= {actor.key: actor for actor in [*runners, *held.members]}
        who = [*islice(cycle(runners), TYPISTS), *held.members]
        return await typed(int(rooms.url.rpartition(":")[2]), "room", [f"who={actor.key}" for actor in who], held.id)


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        p50, p95 = await in_the_room(kind)
        against = f"keystroke to the last of {READERS}, kept; p50 {p50:.0f} ms"
        figures.append(Figure(f"minutes, {kind}, p95", p95, "ms", against, GOAL, less=True))
    async with peer("yjs.mjs") as found:
        if found is not None:
            p50, p95 = await typed(found[0], "yjs", ["a=b"] * (TYPISTS + READERS))
            figures.append(Figure("minutes: y-websocket, p95", p95, "ms", f"the same load, in memory only; p50 {p50:.0f} ms"))
    return figures
