"""The search and what it found, by kind."""

from __future__ import annotations

from aiohttp import web

from meetings.queries.search import search
from meetings.search_index import KINDS
from meetings.text import clean

from ..keys import DB, signed_in
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/search")
async def results(request: web.Request) -> web.Response:
    """What cannot be meant is passed over, as in lists."""
    actor = signed_in(request)
    text = " ".join(clean(request.query.get("q", "")).split())[:100]
    only = request.query.get("kind", "")
    only = only if only in KINDS else ""
    async with request.app[DB].reading() as reading:
        found = await search(reading, actor, text, only)
    return page(request, "search.html", text=text, only=only, found=found)
