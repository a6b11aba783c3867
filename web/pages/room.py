"""The live room's page and the shared screen: shells, filled by the browser from the live connection."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from meetings import i18n
from meetings.access import standing
from meetings.errors import NotFound
from meetings.minutes_templates import parsed, template_of
from meetings.seating import room_with_plan
from realtime.connections import admit

from ..assets import static, version
from ..keys import DB, LANGUAGE, SETTINGS, known
from ..rendering import page

routes = web.RouteTableDef()
TOPICS = ("room", "refusal_", "duty", "type", "fact", "answer.")


@routes.get("/meetings/{id}/room")
async def room(request: web.Request) -> web.Response:
    return await shell(request, "room/room.html", "room")


@routes.get("/meetings/{id}/projector")
async def projector(request: web.Request) -> web.Response:
    return await shell(request, "room/projector.html", "projector")


@routes.get("/version")
async def installed(request: web.Request) -> web.Response:
    """Of the browser's code: a screen that runs for days sees by it that the product was upgraded. Keeps its session awake too."""
    return web.Response(text=version(), headers={"Cache-Control": "no-store"})


async def shell(request: web.Request, template: str, view: str) -> web.Response:
    actor = known(request)
    meeting_id = request.match_info["id"]
    async with request.app[DB].reading() as reading:
        by = await standing(reading, meeting_id, actor)
        await admit(reading, "", actor, meeting_id, view)
        found = by.meeting
        if found is None or found.state == "draft":
            raise NotFound
        seating = await room_with_plan(reading, found) is not None
        skeleton = parsed((await template_of(reading, found.type)).item)
    boot = {
        "meeting": meeting_id, "view": view, "language": request[LANGUAGE], "zone": request.app[SETTINGS].zone,
        "words": words(request[LANGUAGE]), "page": f"/meetings/{meeting_id}",
        "door": by.runs or by.organises,
        "item_template": [[line.kind, line.text] for line in skeleton],
        "me": by.me.id if by.me else "", "vendor": static("vendor/"), "version": version(),
    }  # fmt: skip
    imports = {"imports": {name: static(f"vendor/{name}.js") for name in ("socket.io", "editor", "pdf")}}
    return page(request, template, m=found, by=by, seating=seating, boot=script(boot), imports=script(imports))


def words(language: str) -> dict[str, Any]:
    """The catalogue entries that the room's scripts use."""
    return {key: entry for key, entry in i18n.catalogue(language).items() if key.startswith(TOPICS)}


def script(value: Any) -> str:
    """JSON that may stand within a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


