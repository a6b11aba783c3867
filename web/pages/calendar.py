"""Calendars by day, week and month, and as a list: one's own, the agency's, its sites', a room's, a leader's, the city's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from meetings import clock
from meetings.calendar_days import VIEWS, Window, drawn, window
from meetings.commands import Actor
from meetings.database import Reading
from meetings.models.meeting import TYPES
from meetings.queries.calendar import NAMED, WHOSE, Asked, Shown, leaders, shown
from meetings.queries.directory import all_rooms
from meetings.text import clean

from ..keys import DB, SETTINGS, signed_in
from ..rendering import page
from .meetings import day_of

routes = web.RouteTableDef()
FORMS = ("in_person", "online", "hybrid")


@routes.get("/calendar")
async def calendar(request: web.Request) -> web.Response:
    actor, zone = signed_in(request), request.app[SETTINGS].zone
    today = clock.today(zone)
    asked = asked_of(request.query)
    view = request.query.get("view", "")
    seen = window(view if view in VIEWS else VIEWS[0], day_of(request.query.get("day", "")) or today)  # type: ignore[arg-type]
    start, end = (clock.from_local(datetime.combine(day, time()), zone) for day in (seen.first, seen.end))
    async with request.app[DB].reading() as reading:
        found = await shown(reading, actor, asked, start, end)
        choices = await _choices(reading, actor)
    days, now = drawn(_spans(found, zone), seen.days), clock.local(clock.now(), zone)
    context: dict[str, Any] = {"asked": asked, "window": seen, "drawn": days, "found": found, "choices": choices, "now": now}
    return page(request, "calendar.html", **context, **_links(asked, seen, today), today=today)


def asked_of(query: Mapping[str, str]) -> Asked:
    """What cannot be meant is passed over."""
    whose, _, key = query.get("whose", "").partition(":")
    named = whose in NAMED and bool(key)
    return Asked(
        whose=whose if whose in WHOSE or named else WHOSE[0], key=key[:32] if named else "", text=clean(query.get("text", ""))[:100],
        type=query.get("type", "") if query.get("type") in TYPES else "", form=query.get("form", "") if query.get("form") in FORMS else "",
    )  # fmt: skip


def _spans(found: Shown, zone: str) -> list[tuple[datetime, datetime, Any]]:
    rows = [(row.starts_at, row.ends_at, row) for row in found.rows] + [(start, end, None) for start, end in found.busy]
    return [(*(clock.local(at, zone).replace(tzinfo=None) for at in span), what) for *span, what in rows]  # type: ignore[misc]


async def _choices(reading: Reading, actor: Actor) -> dict[str, Any]:
    return {"rooms": await all_rooms(reading), "leaders": await leaders(reading, actor)}


def _links(asked: Asked, seen: Window, today: date) -> dict[str, Any]:
    """Addresses of the same calendar in other views and at other times. `at(day, view)`."""
    whose = f"{asked.whose}:{asked.key}" if asked.key else asked.whose
    kept = {"whose": whose, "type": asked.type, "form": asked.form, "text": asked.text}
    narrowed = {key: value for key, value in kept.items() if value}

    def at(day: date, view: str = seen.view) -> str:
        return f"/calendar?{urlencode({'view': view, 'day': day.isoformat()} | narrowed)}"

    return {"at": at, "whose": whose, "views": VIEWS, "types": TYPES, "forms": FORMS}
