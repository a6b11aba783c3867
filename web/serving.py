"""Serving until told to stop, and stopping without cutting anybody off who is being answered."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal

from aiohttp import web

from meetings.database import Database
from meetings.settings import Settings

from .app import build_app, work_loops


async def serve(settings: Settings, db: Database, *, with_work: bool = True) -> None:
    """Until SIGINT or SIGTERM; `with_work`: also send mail."""
    runner = web.AppRunner(build_app(settings, db, work=with_work), access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=2048).start()
        settle_memory()
        print(f"{settings.name}: {settings.base_url}", flush=True)
        await _told_to_stop().wait()
    finally:
        await runner.cleanup()


def settle_memory() -> None:
    """What lives from here to the end need not be looked at by each garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def work(settings: Settings, db: Database) -> None:
    """Send mail until SIGINT or SIGTERM."""
    stop = _told_to_stop()
    loops = asyncio.create_task(work_loops(settings, db), name="work")
    await asyncio.wait({loops, waiting := asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not stop.is_set():
        await loops  # they ended by themselves: say why
    loops.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await loops


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    return stop
