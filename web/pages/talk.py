"""Older messages of a room, which its snapshot does not have."""

from __future__ import annotations

from aiohttp import web

from meetings.access import standing
from meetings.queries.talk import older

from ..keys import DB, known

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/messages")
async def before(request: web.Request) -> web.Response:
    """Those numbered below `?before=`: to the room, or with `?letters` between members and those who run it."""
    number = request.query.get("before", "")
    async with request.app[DB].reading() as reading:
        by = await standing(reading, request.match_info["id"], known(request))
        upto = int(number) if number.isdecimal() and len(number) < 10 else 0
        found = await older(reading, by, upto, "letters" in request.query)
    return web.json_response({"messages": found}, headers={"Cache-Control": "private, no-store"})
