"""The minutes as one document: reading, approving, and the printed Biên bản of Decree 30/2020."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from aiohttp import web

from meetings import clock, i18n
from meetings.access import standing
from meetings.commands import Actor
from meetings.errors import NotFound
from meetings.minutes_approval import ApproveMinutes, approvals
from meetings.minutes_document import document_of, sha256_of
from meetings.models.meeting import participants
from meetings.perform import perform

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
    return page(request, "minutes/print.html", **await _context(request, known(request)))


@routes.post("/meetings/{id}/minutes/approve")
async def approve(request: web.Request) -> web.Response:
    data = await fields_of(request)
    meeting_id = request.match_info["id"]
    command = command_from(ApproveMinutes, {"sha256": data.get("sha256", "")}, meeting_id=meeting_id)
    await perform(request.app[DB], known(request), command)
    raise redirect(f"/meetings/{meeting_id}/minutes", "minutes.approved_by_you")


async def _context(request: web.Request, actor: Actor) -> dict[str, Any]:
    meeting_id = request.match_info["id"]
    async with request.app[DB].reading() as reading:
        by = await standing(reading, meeting_id, actor)
        if (m := by.meeting) is None or m.state == "draft":
            raise NotFound
        document = await document_of(reading, meeting_id)
        approved = await approvals(reading, meeting_id, sha256_of(document))
        names = sa.select(participants.c.id, participants.c.name).where(participants.c.meeting_id == meeting_id)
        who = {row.id: row.name for row in await reading.all(names)}
    day = clock.local(m.ended_at or m.ends_at or clock.now(), m.zone).date()
    sha256 = approved["chair"].sha256 if "chair" in approved else sha256_of(document)
    return {
        "by": by, "m": m, "d": document, "sha256": sha256, "approved": approved, "who": who,
        "official_date": i18n.official_date(day),
    }  # fmt: skip
