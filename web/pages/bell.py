"""What waits for whoever is signed in, as every page's bell shows it."""

from __future__ import annotations

from aiohttp import web

from meetings.queries.todo import waiting_for

from ..keys import DB, SETTINGS, signed_in
from ..rendering import fragment

routes = web.RouteTableDef()


@routes.get("/bell")
async def bell(request: web.Request) -> web.Response:
    """`count`: how many things wait; `late`: whether the time of one is over; `html`: the list."""
    async with request.app[DB].reading() as reading:
        found = await waiting_for(reading, signed_in(request), request.app[SETTINGS].zone)
    late = any(one.late for one in found.todos)
    html = fragment(request, "bell.html", todos=sorted(found.todos, key=lambda one: not one.late))
    return web.json_response({"count": len(found.todos), "late": late, "html": html})
