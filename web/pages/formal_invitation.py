"""The formal invitation as it will be attached, before it is sent."""

from __future__ import annotations

import asyncio

from aiohttp import web

from calendars.formal_invitation import file_name, pdf_of
from meetings.errors import NotFound
from meetings.queries.scheduling import preview_of

from ..keys import DB, signed_in
from .schedule import send_command

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/preview/giay-moi.pdf")
async def formal(request: web.Request) -> web.Response:
    meeting_id = request.match_info["id"]
    found = await preview_of(request.app[DB], signed_in(request), meeting_id, send_command(request, meeting_id))
    facts = next((mail.facts for mail in found.mails if mail.facts.number and mail.facts.method == "REQUEST"), None)
    if facts is None:
        raise NotFound
    headers = {"Content-Disposition": f'inline; filename="{file_name(facts)}"', "Cache-Control": "private, no-store"}
    return web.Response(body=await asyncio.to_thread(pdf_of, facts), content_type="application/pdf", headers=headers)
