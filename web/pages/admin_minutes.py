"""Administration: how the minutes of each type of meeting are laid out."""

from __future__ import annotations

from aiohttp import web

from meetings.errors import NotFound, Refusal
from meetings.minutes_templates import FRAME_PLACES, ITEM_PLACES, SaveMinutesTemplate, own_types, template_of
from meetings.models.meeting import TYPES
from meetings.perform import perform

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB
from ..rendering import page
from .admin import Problems, admin_page, administrator, again

routes = web.RouteTableDef()


@routes.get("/admin/minutes")
async def template_list(request: web.Request) -> web.Response:
    administrator(request, system=True)
    async with request.app[DB].reading() as reading:
        own = await own_types(reading)
    return admin_page(request, "minutes_templates.html", "minutes", types=TYPES, own=own)


@routes.get("/admin/minutes/{type}")
async def template_form(request: web.Request) -> web.Response:
    administrator(request, system=True)
    return await _form(request)


@routes.post("/admin/minutes/{type}")
async def save_template(request: web.Request) -> web.Response:
    actor, data = administrator(request, system=True), await fields_of(request)
    kind = _type(request)
    built_in = {"frame": "", "item": ""} if "built_in" in data else {}
    try:
        await perform(request.app[DB], actor, command_from(SaveMinutesTemplate, data | built_in, meeting_type=kind))
    except Refusal as refusal:
        return await again(refusal, _form, request, typed=data)
    raise redirect("/admin/minutes", "admin.saved")


async def _form(
    request: web.Request, *, typed: dict[str, str] | None = None, problems: Problems = (), status: int = 200
) -> web.Response:
    async with request.app[DB].reading() as reading:
        template = await template_of(reading, _type(request))
    values = {"frame": template.frame, "item": template.item} | (typed or {})
    labels = {"frame": "admin.minutes_frame", "item": "admin.minutes_item"}
    context = {"kind": _type(request), "v": values, "own": template.own, "frame_places": FRAME_PLACES, "item_places": ITEM_PLACES}
    return page(request, "admin/minutes_template.html", status=status, problems=problems, labels=labels, **context)


def _type(request: web.Request) -> str:
    if request.match_info["type"] not in TYPES:
        raise NotFound
    return request.match_info["type"]
