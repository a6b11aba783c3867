"""The whole product as one aiohttp application: pages, the live room, and the loops that send mail, take it in, and close ballots in
time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from aiohttp import web

from calendars.courtesy import Courtesy
from calendars.feed_cache import FeedCache
from calendars.inbox import Inbox
from calendars.mailer import Mailer
from calendars.outside import OutsideReader
from calendars.receiving import receive
from meetings.commands import Actor
from meetings.database import Database
from meetings.outbox import Outbox
from meetings.queries.sessions import session_of
from meetings.settings import Settings
from realtime.server import attach

from . import middleware
from .assets import serve
from .board_pack import BoardPacks
from .deadlines import close_in_time
from .digesting import send_digests_in_time
from .following import follow_in_time
from .keys import COURTESY, DB, SETTINGS, SIGNING_KEY
from .pages.feeds import FEED_CACHE
from .pages.paper_sets import PACKS
from .reminding import remind_in_time
from .routes import ALL_ROUTES


def build_app(settings: Settings, db: Database, *, work: bool = True) -> web.Application:
    """`work`: also run the loops that work by themselves; else `python -m web work` does, elsewhere."""
    app = web.Application(middlewares=middleware.ALL, client_max_size=middleware.LARGEST_FORM)
    app[SETTINGS], app[DB], app[SIGNING_KEY], app[COURTESY] = settings, db, settings.signing_key(), Courtesy()
    app[FEED_CACHE], app[PACKS] = FeedCache(), BoardPacks(settings.data / "packs")
    for table in ALL_ROUTES:
        app.add_routes(table)
    app.router.add_get("/static/{version}/{path:.+}", serve)
    app.router.add_get("/health", health)

    async def authenticate(cookies: Mapping[str, str]) -> Actor | None:
        async with db.reading() as reading:
            found = await session_of(reading, cookies.get(middleware.COOKIE, ""))
        return found.actor if found else None

    attach(app, settings, db, authenticate)
    if work:
        app.cleanup_ctx.append(_loops)
    return app


async def health(request: web.Request) -> web.Response:
    async with request.app[DB].reading():
        return web.Response(text="ok")


async def _loops(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(work_loops(app[SETTINGS], app[DB], app[COURTESY]), name="work")
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def work_loops(settings: Settings, db: Database, courtesy: Courtesy | None = None) -> None:
    """Send what is in the outbox, take in the mail that comes, close ballots at their deadline, remind of meetings, follow posts, and
    read the calendars that are kept elsewhere."""
    mailer, inbox = Mailer(settings, Outbox(db), db.wakeups, courtesy), Inbox(settings, db)
    by_the_clock = close_in_time(db), remind_in_time(settings, db), follow_in_time(settings, db), send_digests_in_time(settings, db)
    await asyncio.gather(mailer.run(), receive(settings, inbox), *by_the_clock, OutsideReader(settings, db).run())
