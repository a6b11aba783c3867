"""Administration: the tree of agencies."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.errors import Refusal
from meetings.organisation import KINDS, MoveAgency, SaveAgency
from meetings.perform import perform
from meetings.queries.organisation import agency_lines, agency_of

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB
from .admin import Problems, admin_page, administrator, again, choices, ticked

routes = web.RouteTableDef()
BLANK = {
    "name": "", "short_name": "", "code": "", "kind": "department", "parent_id": None, "email": "", "address": "", "phone": "",
    "active": True,
}  # fmt: skip


@routes.get("/admin/agencies")
async def listing(request: web.Request) -> web.Response:
    actor = administrator(request, system=True)
    async with request.app[DB].reading() as reading:
        lines = await agency_lines(reading, actor)
        retired = await agency_lines(reading, actor, active=False)
    return admin_page(request, "agencies.html", "agencies", lines=lines, retired=retired)


@routes.get("/admin/agencies/{id}")
async def form(request: web.Request) -> web.Response:
    return await _form(request)


async def _form(
    request: web.Request, *, typed: dict[str, Any] | None = None, problems: Problems = (), status: int = 200
) -> web.Response:
    actor, key = administrator(request, system=True), request.match_info["id"]
    values: dict[str, Any] = BLANK | {"parent_id": request.query.get("parent")}
    async with request.app[DB].reading() as reading:
        lines = await agency_lines(reading, actor)
        if key != "new":
            values = dict((await agency_of(reading, actor, key))._mapping)
    line = next((one for one in lines if one.agency.id == key), None)
    parents = choices([one for one in lines if one.agency.id != key])
    context = {"key": key, "v": values | (typed or {}), "parents": parents, "line": line, "kinds": KINDS}
    return admin_page(request, "agency.html", "agencies", status=status, problems=problems, **context)


@routes.post("/admin/agencies/{id}")
async def save(request: web.Request) -> web.Response:
    actor, data, key = administrator(request, system=True), await fields_of(request), request.match_info["id"]
    flags = ticked(data, "active")
    try:
        command = command_from(SaveAgency, data, agency_id=None if key == "new" else key, **flags)
        await perform(request.app[DB], actor, command)
    except Refusal as refusal:
        return await again(refusal, _form, request, typed=data | flags)
    raise redirect("/admin/agencies", "admin.saved_named", name=command.name)


@routes.post("/admin/agencies/{id}/move")
async def move(request: web.Request) -> web.Response:
    actor, data = administrator(request, system=True), await fields_of(request)
    key = request.match_info["id"]
    await perform(request.app[DB], actor, command_from(MoveAgency, data, agency_id=key))
    raise web.HTTPSeeOther(f"/admin/agencies#a-{key}")
