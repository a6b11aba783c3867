"""The agenda as a sheet of paper: Chương trình họp, laid out as Decree 30/2020 lays documents out."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from meetings import clock
from meetings.queries.meetings import meeting_page

from ..keys import DB, known
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/programme")
async def programme(request: web.Request) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, known(request), request.match_info["id"])
    m = found.meeting
    begins = m.starts_at
    rows = []
    for item in found.items:
        rows.append((clock.local(begins, m.zone) if begins else None, item, [p for p in found.papers if p.item_id == item.id]))
        begins = begins + timedelta(minutes=item.minutes) if begins else None
    known_items = {item.id for item in found.items}
    common = [paper for paper in found.papers if paper.item_id not in known_items]
    return page(request, "meetings/programme.html", found=found, m=m, rows=rows, common=common)
