"""How far the sending of a meeting's mails has come, and sending again what did not arrive."""

from __future__ import annotations

from aiohttp import web

from meetings.i18n import translator
from meetings.perform import perform
from meetings.queries.deliveries import sending_for
from meetings.resending import SendAgain, SendAgainToAll

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, LANGUAGE, signed_in

routes = web.RouteTableDef()


@routes.get("/meetings/{id}/sending.json")
async def progress(request: web.Request) -> web.Response:
    """Asked for by the meeting's page while something is left."""
    async with request.app[DB].reading() as reading:
        found = await sending_for(reading, signed_in(request), request.match_info["id"])
    said = translator(request[LANGUAGE])("meeting.sending_told", done=found.total - found.left, total=found.total)
    return web.json_response({"total": found.total, "left": found.left, "said": said}, headers={"Cache-Control": "private, no-store"})


@routes.post("/meetings/{id}/send-again")
async def send_again(request: web.Request) -> web.Response:
    """To one participant, or without one to all whom the last mail did not reach."""
    actor, data = signed_in(request), await fields_of(request)
    meeting_id = request.match_info["id"]
    if data.get("participant_id"):
        await perform(request.app[DB], actor, command_from(SendAgain, data, meeting_id=meeting_id))
        raise redirect(f"/meetings/{meeting_id}", "letter.sent_again")
    answer = await perform(request.app[DB], actor, command_from(SendAgainToAll, data, meeting_id=meeting_id)) or {}
    raise redirect(f"/meetings/{meeting_id}", "letter.sent_again_to_all", n=answer["again"])
