"""What the product is measured against: stock python-socketio, and aiohttp with nothing on it; and the product itself."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import socketio
import sqlalchemy as sa
from aiohttp import web

from meetings.database import Database
from tests.support.databases import open_fresh
from web.serving import settle_memory


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[int]:
    """The application on a free port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def stock(join_answer: Callable[[], dict[str, Any]] | None = None) -> AsyncIterator[tuple[int, socketio.AsyncServer]]:
    """python-socketio as its documentation shows it: everybody in one room, each told by `emit`."""
    server = socketio.AsyncServer(async_mode="aiohttp")

    @server.event
    async def connect(sid: str, environ: dict[str, Any]) -> None:
        await server.enter_room(sid, "room")

    @server.event
    async def join(sid: str, data: Any) -> dict[str, Any]:
        return join_answer() if join_answer else {}

    app = web.Application()
    server.attach(app)
    async with listening(app) as port:
        yield port, server


@asynccontextmanager
async def bare() -> AsyncIterator[tuple[int, list[Any]]]:
    """aiohttp WebSockets and the list of their transports."""
    transports: list[Any] = []

    async def upgrade(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        transports.append(request.transport)
        async for _ in socket:
            pass
        return socket

    app = web.Application()
    app.router.add_get("/", upgrade)
    async with listening(app) as port:
        yield port, transports


@asynccontextmanager
async def database(kind: str) -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        databases = open_fresh(kind, Path(folder))
        try:
            yield await anext(databases)
        finally:
            await anext(databases, None)


async def looked_over(db: Database) -> None:
    """PostgreSQL knows what its tables hold, as autovacuum tells it within a minute of so many rows."""
    if not db.embedded:
        async with db.engine.begin() as connection:
            await connection.execute(sa.text("ANALYZE"))


@contextmanager
def as_served() -> Iterator[None]:
    """With the garbage collector as the server sets it before it serves. Where the product is measured beside others, all have
    Python's own settings."""
    usual = gc.get_threshold()
    settle_memory()
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
