"""The server is killed with a thousand browsers in the room, and started again: until the last of them has its snapshot, when all
come back at the moment it listens."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from meetings.database import open_database
from meetings.models.meeting import meetings
from tests.support.city import City
from tests.support.databases import drop_database, fresh_database_url
from tests.support.ports import free_port

from .figures import Figure
from .load import load

CLIENTS = 1000
PEOPLE = ("chutri", "thuky", "sotaichinh", "vyda")


async def restarted(kind: str, folder: Path) -> float:
    """Seconds. Raises when anybody is answered with an error: the load client stops at the first."""
    city = City(folder, await fresh_database_url(kind, folder), free_port())
    try:
        city.run("web", "demo", "--load-only").wait(300)
        db = open_database(city.database)
        async with db.reading() as reading:
            meeting = await reading.value(sa.select(meetings.c.id).where(meetings.c.state == "live"))
        await db.close()
        await city.start("web", "serve")
        cookies = await city.cookies(PEOPLE, CLIENTS)
        join = ("join", {"meeting_id": meeting})
        async with load(city.port, cookies, join):
            assert city.process is not None
            city.process.kill()
            city.process.wait()
        started = time.perf_counter()
        await city.start("web", "serve")
        async with load(city.port, cookies, join):
            return time.perf_counter() - started
    finally:
        await city.stop()
        await drop_database(city.database)


async def run() -> list[Figure]:
    figures = []
    for kind in ("sqlite", "postgresql"):
        with TemporaryDirectory() as folder:
            seconds = await restarted(kind, Path(folder))
        figures.append(Figure(f"restart, {kind}: {CLIENTS:,} clients", seconds, "s", "from the kill to the last snapshot", 10, less=True))
    return figures
