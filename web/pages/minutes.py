"""The minutes as text: reading, approving, and the printed Biên bản of Decree 30/2020."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings import clock, i18n, minutes
from meetings.commands import Actor
from meetings.perform import perform
from meetings.queries.meetings import meeting_page

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, known
from ..rendering import page

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/minutes")
async def read(request: web.Request) -> web.Response:
    return page(request, "minutes/read.html", **await _context(request, known(request)))


@routes.get("/meetings/{id}/minutes/print")
async def printed(request: web.Request) -> web.Response:
    context = await _context(request, known(request))
    return page(request, "minutes/print.html", **context)


@routes.post("/meetings/{id}/minutes/approve")
async def approve(request: web.Request) -> web.Response:
    data = await fields_of(request)
    meeting_id = request.match_info["id"]
    command = command_from(minutes.ApproveMinutes, {"sha256": data.get("sha256", "")}, meeting_id=meeting_id)
    await perform(request.app[DB], known(request), command)
    raise redirect(f"/meetings/{meeting_id}/minutes", "minutes.approved_by_you")


async def _context(request: web.Request, actor: Actor) -> dict[str, Any]:
    meeting_id = request.match_info["id"]
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, actor, meeting_id)
        doc, _ = await minutes.load(reading, meeting_id)
        sha256 = await minutes.digest(reading, meeting_id)
        approved = await minutes.approvals(reading, meeting_id, sha256)
    ended = found.meeting.ended_at or found.meeting.ends_at or clock.now()
    started = found.meeting.started_at or found.meeting.starts_at or clock.now()
    zone = found.meeting.zone
    names = {p.id: p for p in found.participants}
    return {
        "found": found, "m": found.meeting, "sha256": sha256, "approved": approved, "names": names,
        "sections": [(item, minutes.blocks(doc, item.id)) for item in found.items],
        "official_date": i18n.official_date(clock.local(ended, zone).date()),
        "opened": clock.local(started, zone), "ended": clock.local(ended, zone),
    }  # fmt: skip
