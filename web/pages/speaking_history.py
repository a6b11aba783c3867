"""Who spoke how much in the last meetings, for those who run the present one."""

from __future__ import annotations

from aiohttp import web

from meetings.queries.speaking_history import speaking_history

from ..keys import DB, known
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/speaking")
async def history(request: web.Request) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await speaking_history(reading, known(request), request.match_info["id"])
    return page(request, "meetings/speaking.html", found=found, m=found.meeting)
