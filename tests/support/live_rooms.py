"""The live rooms alone on a real port, without pages; who somebody is stands in the cookie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from meetings.commands import Actor
from meetings.database import Database
from meetings.settings import Settings
from realtime.server import Live, attach

from .room_client import RoomClient


@dataclass
class LiveRooms:
    url: str
    live: Live
    known: dict[str, Actor]
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def client(self, actor: Actor, view: str = "room") -> RoomClient:
        """Not yet connected."""
        self.known[actor.key] = actor
        client = RoomClient(self.url, f"who={actor.key}", view)
        self._stack.push_async_callback(client.wire.cut)
        return client

    async def joined(self, actor: Actor, meeting_id: str, view: str = "room") -> RoomClient:
        client = self.client(actor, view)
        await client.wire.connect()
        answer = await client.join(meeting_id)
        assert answer["ok"], answer
        return client


@asynccontextmanager
async def live_rooms(db: Database, **settings: Any) -> AsyncIterator[LiveRooms]:
    known: dict[str, Actor] = {}

    async def authenticate(cookies: Mapping[str, str]) -> Actor | None:
        return known.get(cookies.get("who", ""))

    app = web.Application()
    live = attach(app, Settings(data=Path("unused"), **settings), db, authenticate)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    rooms = LiveRooms(f"http://127.0.0.1:{runner.addresses[0][1]}", live, known)
    try:
        yield rooms
    finally:
        await rooms._stack.aclose()
        await runner.cleanup()
