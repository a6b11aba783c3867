"""Today: what waits for me comes first."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from meetings import clock
from meetings.queries.tasks import tasks_of
from meetings.queries.today import today

from ..keys import DB, SETTINGS, signed_in
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/")
async def home(request: web.Request) -> web.Response:
    actor = signed_in(request)
    async with request.app[DB].reading() as reading:
        found = await today(reading, actor)
    zone = request.app[SETTINGS].zone
    first = clock.today(zone)
    days = [first + timedelta(days=n) for n in range(7)]
    week = {day: [row for row in found.week if clock.local(row.starts_at, zone).date() == day] for day in days}
    return page(request, "home.html", found=found, week=week, today=first, now=clock.now())


@routes.get("/tasks")
async def tasks(request: web.Request) -> web.Response:
    actor = signed_in(request)
    async with request.app[DB].reading() as reading:
        found = await tasks_of(reading, actor)
    return page(request, "tasks.html", tasks=found, today=clock.today(request.app[SETTINGS].zone))
