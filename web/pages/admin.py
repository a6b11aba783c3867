"""Administration: where it begins, and the two small catalogues, positions and rooms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from meetings.commands import Actor
from meetings.errors import NotAllowed, NotFound, Problem, Refusal
from meetings.models.organisation import positions
from meetings.organisation import SavePosition
from meetings.perform import perform
from meetings.queries.organisation import AgencyLine, agency_lines, positions_used, room_of, rooms_of, staff_of
from meetings.room_rules import BOOKING, EQUIPMENT
from meetings.rooms import SaveRoom

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, signed_in
from ..rendering import page

routes = web.RouteTableDef()
Problems = tuple[Problem, ...]
Form = Callable[..., Awaitable[web.Response]]


def administrator(request: web.Request, *, system: bool = False) -> Actor:
    """Raises NotAllowed for everybody else; `system`: for administrators of one agency too."""
    actor = signed_in(request)
    if actor.role != "system_admin" and (system or actor.role != "agency_admin"):
        raise NotAllowed("not_allowed")
    return actor


# The name of each field, for the summary of what is wrong.
LABELS = {
    "name": "admin.name", "short_name": "admin.short_name", "code": "admin.code", "parent_id": "admin.parent",
    "kind": "admin.kind", "email": "admin.email", "address": "admin.address", "phone": "admin.phone", "active": "admin.in_use",
    "agency_id": "admin.agency", "position_id": "admin.position", "rank": "admin.rank", "capacity": "admin.capacity",
    "day": "hours.day", "parts": "hours.parts", "weekdays": "hours.weekdays",
    "keeper_id": "admin.room_keeper", "opens": "admin.opens", "closes": "admin.closes", "gap": "admin.gap",
    "username": "admin.username", "role": "admin.role", "locked": "admin.account",
}  # fmt: skip


def admin_page(request: web.Request, template: str, topic: str, **more: Any) -> web.Response:
    """A page of administration, with the tabs of what the actor may keep."""
    everything = administrator(request).role == "system_admin"
    topics = ("agencies", "people", "positions", "rooms", "hours", "minutes", "import") if everything else ("people", "rooms", "hours")
    return page(request, f"admin/{template}", topic=topic, topics=topics, labels=LABELS, **more)


def choices(lines: list[AgencyLine]) -> list[tuple[str, str]]:
    """Agencies for a select, indented as they stand in the tree."""
    return [(line.agency.id, "\u2003" * line.depth + line.agency.name) for line in lines]


def ticked(data: dict[str, str], *names: str) -> dict[str, bool]:
    """Checkboxes: a browser sends the ticked ones only."""
    return {name: name in data for name in names}


@routes.get("/admin")
async def index(request: web.Request) -> web.Response:
    first = "agencies" if administrator(request).role == "system_admin" else "people"
    raise web.HTTPSeeOther(f"/admin/{first}")


@routes.get("/admin/positions")
async def position_list(request: web.Request) -> web.Response:
    administrator(request, system=True)
    async with request.app[DB].reading() as reading:
        found = await positions_used(reading)
    return admin_page(request, "positions.html", "positions", positions=found)


@routes.get("/admin/positions/{id}")
async def position_form(request: web.Request) -> web.Response:
    administrator(request, system=True)
    return await _position_form(request)


async def _position_form(
    request: web.Request, *, typed: dict[str, Any] | None = None, problems: Problems = (), status: int = 200
) -> web.Response:
    key, values = request.match_info["id"], {"name": "", "rank": 100, "active": True}
    if key != "new":
        async with request.app[DB].reading() as reading:
            values = dict((await reading.get(positions, key))._mapping)
    context = {"key": key, "v": values | (typed or {})}
    return admin_page(request, "position.html", "positions", status=status, problems=problems, **context)


@routes.post("/admin/positions/{id}")
async def save_position(request: web.Request) -> web.Response:
    actor, data = administrator(request, system=True), await fields_of(request)
    flags = ticked(data, "active")
    try:
        command = command_from(SavePosition, data, position_id=_id(request), **flags)
        await perform(request.app[DB], actor, command)
    except Refusal as refusal:
        return await again(refusal, _position_form, request, typed=data | flags)
    raise redirect("/admin/positions", "admin.saved_named", name=command.name)


@routes.get("/admin/rooms")
async def room_list(request: web.Request) -> web.Response:
    actor = administrator(request)
    async with request.app[DB].reading() as reading:
        found = await rooms_of(reading, actor)
    return admin_page(request, "rooms.html", "rooms", rooms=found)


@routes.get("/admin/rooms/{id}")
async def room_form(request: web.Request) -> web.Response:
    administrator(request)
    return await _room_form(request)


async def _room_form(
    request: web.Request, *, typed: dict[str, Any] | None = None, problems: Problems = (), status: int = 200
) -> web.Response:
    actor, key = administrator(request), request.match_info["id"]
    values: dict[str, Any] = {
        "name": "", "agency_id": actor.agency_id, "address": "", "capacity": 20, "equipment": [], "booking": "own", "opens": "",
        "closes": "", "days": [], "gap": 0, "keeper_id": None, "active": True,
    }  # fmt: skip
    async with request.app[DB].reading() as reading:
        if key != "new":
            values = dict((await room_of(reading, actor, key))._mapping)
        lines = await agency_lines(reading, actor)
        values |= typed or {}
        staff = await staff_of(reading, str(values["agency_id"] or ""))
    context = {"key": key, "v": values, "agencies": choices(lines), "staff": staff, "equipment": EQUIPMENT, "bookings": BOOKING}
    return admin_page(request, "room.html", "rooms", status=status, problems=problems, **context)


@routes.post("/admin/rooms/{id}")
async def save_room(request: web.Request) -> web.Response:
    actor, data = administrator(request), await fields_of(request)
    form = await request.post()
    several = {"equipment": form.getall("equipment", []), "days": form.getall("days", [])}
    flags = ticked(data, "active") | several
    try:
        command = command_from(SaveRoom, data, room_id=_id(request), **flags)
        await perform(request.app[DB], actor, command)
    except Refusal as refusal:
        return await again(refusal, _room_form, request, typed=data | flags)
    raise redirect("/admin/rooms", "admin.saved_named", name=command.name)


def _id(request: web.Request) -> str | None:
    key = request.match_info["id"]
    return None if key == "new" else key


async def again(refusal: Refusal, form: Form, request: web.Request, **typed: Any) -> web.Response:
    """The form once more, with what was typed and what is wrong with it. What one may not do or see stays refused."""
    if isinstance(refusal, (NotAllowed, NotFound)):
        raise refusal
    return await form(request, problems=tuple(refusal.problems), status=refusal.status, **typed)
