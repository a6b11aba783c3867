"""Subscribed calendars by their secret addresses, for calendar programs: no cookies, no sign-in, nothing but the address."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from calendars.feed import calendar_bytes, freebusy_bytes
from calendars.feed_cache import FeedCache, Kept
from meetings import clock
from meetings.database import Row
from meetings.feeds import feed_of_token, note_read, owner_of
from meetings.links import token_of
from meetings.queries.busy import busy_spans
from meetings.queries.feeds import content_of, state_of

from ..keys import DB, SETTINGS, SIGNING_KEY

routes = web.RouteTableDef()
FEED_CACHE = web.AppKey("feed_cache", FeedCache)
BEFORE, AHEAD = timedelta(days=7), timedelta(days=92)  # what free/busy covers


@routes.get("/feeds/{token}.ics")
async def calendar(request: web.Request) -> web.Response:
    db, now = request.app[DB], clock.now()
    async with db.reading() as reading:
        feed = await feed_of_token(reading, request.app[SIGNING_KEY], request.match_info["token"])
        state = await state_of(reading, feed, now)
        kept = request.app[FEED_CACHE].get(feed.id, state.key)
        if kept is None:
            settings = request.app[SETTINGS]
            content = await content_of(reading, feed, state, now)
            kept = Kept.of(calendar_bytes(feed, state, content, settings.base_url, settings.mail_from))
            request.app[FEED_CACHE].put(feed.id, state.key, kept)
    return await conditional(request, kept, await note_read(db, feed, kept.etag, now), "lich.ics")


@routes.get("/feeds/{token}.ifb")
async def freebusy(request: web.Request) -> web.Response:
    """VFREEBUSY from a week ago to three months ahead; its times begin and end at midnight UTC, so that it is the same all day."""
    now = clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    async with request.app[DB].reading() as reading:
        feed = await feed_of_token(reading, request.app[SIGNING_KEY], request.match_info["token"])
        state = await state_of(reading, feed, now)
        (whose, owner_id), start, end = owner_of(feed), today - BEFORE, today + AHEAD
        asked: dict[str, Any] = {{"person": "people", "agency": "agencies", "room": "rooms"}[whose]: [owner_id]}
        busy = await busy_spans(reading, start, end, **asked)
    spans = next((found for found in (busy.people, busy.agencies, busy.rooms) if found), {}).get(owner_id, ())
    content = freebusy_bytes(state.name, spans, start, end, request.app[SETTINGS].mail_from, feed.id)
    return await conditional(request, Kept.of(content), None, "lich.ifb")


async def conditional(request: web.Request, kept: Kept, changed: datetime | None, name: str) -> web.Response:
    """With its ETag and Last-Modified; 304 to whoever has this version (RFC 9110, 13.2.2: an ETag is believed before a date)."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f"{kept.etag}-gzip" if packed else kept.etag  # other bytes, another strong tag
    headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if changed is not None:
        headers["Last-Modified"] = format_datetime(changed.astimezone(UTC).replace(microsecond=0), usegmt=True)
    if _unchanged(request, kept, changed):
        return web.Response(status=304, headers=headers)
    headers |= {"Content-Disposition": f'inline; filename="{name}"'} | ({"Content-Encoding": "gzip"} if packed else {})
    body = await asyncio.to_thread(lambda: kept.packed) if packed else kept.plain
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)


def _unchanged(request: web.Request, kept: Kept, changed: datetime | None) -> bool:
    given = request.if_none_match
    if given is not None:
        return any(tag.value in ("*", kept.etag, f"{kept.etag}-gzip") for tag in given)
    since = request.if_modified_since
    return since is not None and changed is not None and changed.replace(microsecond=0) <= since


def address_of_feed(feed: Row, key: bytes, base_url: str) -> str:
    """Without its ending."""
    return f"{base_url}/feeds/{token_of(key, feed.id, 1, 'feed')}"
