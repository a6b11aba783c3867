"""Administration: when agencies work, and the days that are worked or free against the calendar."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings import clock
from meetings.errors import Refusal
from meetings.perform import perform
from meetings.queries.organisation import agency_lines, agency_of
from meetings.queries.working_days import marked, own_hours, working_of
from meetings.working_days import MarkDay, SaveWorkingHours, UnmarkDay
from meetings.working_time import public_days

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, SETTINGS
from .admin import Problems, admin_page, administrator, again, choices

routes = web.RouteTableDef()


@routes.get("/admin/hours")
async def listing(request: web.Request) -> web.Response:
    return await _listing(request)


async def _listing(
    request: web.Request, *, typed: dict[str, Any] | None = None, problems: Problems = (), status: int = 200
) -> web.Response:
    actor, today = administrator(request), clock.today(request.app[SETTINGS].zone)
    async with request.app[DB].reading() as reading:
        lines = await agency_lines(reading, actor)
        ids = [line.agency.id for line in lines]
        own, working = await own_hours(reading, ids), await working_of(reading, ids)
        days = await marked(reading, actor, today.replace(month=1, day=1))
    everywhere = actor.role == "system_admin"
    context = {
        "lines": lines, "own": own, "working": working, "days": days, "agencies": choices(lines), "everywhere": everywhere,
        "v": {"agency_id": "" if everywhere else actor.agency_id, "day": "", "works": "false", "name": ""} | (typed or {}),
        "public": [(year, public_days(year, request[LANGUAGE])) for year in (today.year, today.year + 1)],
    }  # fmt: skip
    return admin_page(request, "hours.html", "hours", status=status, problems=problems, **context)


@routes.get("/admin/hours/{id}")
async def form(request: web.Request) -> web.Response:
    return await _form(request)


async def _form(
    request: web.Request, *, typed: dict[str, Any] | None = None, problems: Problems = (), status: int = 200
) -> web.Response:
    actor, key = administrator(request), request.match_info["id"]
    async with request.app[DB].reading() as reading:
        agency = await agency_of(reading, actor, key)
        own = (await own_hours(reading, [key])).get(key)
    values = {"parts": own.parts, "weekdays": own.weekdays} if own is not None else {"parts": "", "weekdays": "01234"}
    return admin_page(request, "hours_of.html", "hours", status=status, problems=problems, agency=agency, v=values | (typed or {}))


@routes.post("/admin/hours/{id}")
async def save(request: web.Request) -> web.Response:
    actor, data, key = administrator(request), await fields_of(request), request.match_info["id"]
    chosen = {"weekdays": "".join(str(day) for day in (await request.post()).getall("weekdays", []))}
    async with request.app[DB].reading() as reading:
        agency = await agency_of(reading, actor, key)
    try:
        await perform(request.app[DB], actor, command_from(SaveWorkingHours, data | chosen, agency_id=key))
    except Refusal as refusal:
        return await again(refusal, _form, request, typed=data | chosen)
    raise redirect("/admin/hours", "hours.saved", name=agency.name)


@routes.post("/admin/days")
async def mark(request: web.Request) -> web.Response:
    actor, data = administrator(request), await fields_of(request)
    try:
        await perform(request.app[DB], actor, command_from(MarkDay, data))
    except Refusal as refusal:
        return await again(refusal, _listing, request, typed=data)
    raise redirect("/admin/hours#days", "hours.day_added")


@routes.post("/admin/days/{id}/remove")
async def unmark(request: web.Request) -> web.Response:
    actor = administrator(request)
    await perform(request.app[DB], actor, UnmarkDay(day_id=request.match_info["id"]))
    raise redirect("/admin/hours#days", "hours.day_removed")
