"""Mail that came in: what waits for the secretary, and what he decides."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.commands import Actor, MeetingCommand
from meetings.database import Reading, Row
from meetings.errors import Invalid, NotFound
from meetings.letters import (
    AcceptCounter,
    AcceptDelegation,
    DeclineCounter,
    DismissLetter,
    DismissUnmatched,
    TakeAnswer,
    acts_of,
)
from meetings.meeting_form import Raw, moved
from meetings.perform import perform
from meetings.queries.letters import letter_for, letters_for
from meetings.queries.meetings import meeting_page
from meetings.sent_form import form_of

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, signed_in
from ..rendering import page
from .meetings import show
from .schedule import sender_of

routes = web.RouteTableDef()


@routes.get("/letters")
async def letters(request: web.Request) -> web.Response:
    actor = signed_in(request)
    waiting = request.query.get("show") != "settled"
    async with request.app[DB].reading() as reading:
        found = await letters_for(reading, actor, waiting=waiting)
    return page(request, "letters.html", found=found, waiting=waiting, acts_of=acts_of)


@routes.get("/letters/{letter}/message.eml")
async def whole(request: web.Request) -> web.Response:
    """As it came; to download, never to be shown as a page of ours."""
    async with request.app[DB].reading() as reading:
        row = await letter_for(reading, signed_in(request), request.match_info["letter"])
    if row.content is None:
        raise NotFound
    headers = {"Content-Disposition": 'attachment; filename="message.eml"'}
    return web.Response(body=row.content, content_type="message/rfc822", headers=headers)


@routes.post("/letters/{letter}/dismiss")
async def dismiss(request: web.Request) -> web.Response:
    command = command_from(DismissUnmatched, {"letter_id": request.match_info["letter"]})
    await perform(request.app[DB], signed_in(request), command)
    raise redirect("/letters", "letter.done_dismiss")


@routes.post("/meetings/{id}/letters/{letter}")
async def decide(request: web.Request) -> web.Response:
    actor, data = signed_in(request), await fields_of(request)
    meeting_id, act = request.match_info["id"], data.get("act", "")
    given = data | {"letter_id": request.match_info["letter"], "meeting_id": meeting_id}
    try:
        await perform(request.app[DB], actor, await _command(request, actor, act, given))
    except Invalid as invalid:
        return await show(request, actor, problems=tuple(invalid.problems), typed=given, status=422)
    if act == "accept":
        raise redirect(f"/meetings/{meeting_id}/preview", "letter.done_accept")
    raise redirect("/letters" if data.get("back") == "letters" else f"/meetings/{meeting_id}#letters", f"letter.done_{act}")


async def _command(request: web.Request, actor: Actor, act: str, given: dict[str, Any]) -> MeetingCommand:
    if act == "accept":
        async with request.app[DB].reading() as reading:
            meeting = (await meeting_page(reading, actor, given["meeting_id"])).meeting
            letter = await letter_for(reading, actor, given["letter_id"])
            form = await _with_time(reading, meeting, letter)
        return command_from(AcceptCounter, given, form=form, revision=meeting.draft_revision)
    if act == "delegate":
        return command_from(AcceptDelegation, given, sender=sender_of(request))
    kinds: dict[str, type[MeetingCommand]] = {"take": TakeAnswer, "decline": DeclineCounter, "dismiss": DismissLetter}
    if act not in kinds:
        raise NotFound
    return command_from(kinds[act], given)


async def _with_time(reading: Reading, meeting: Row, letter: Row) -> Raw:
    """The pending draft, or the meeting as it is, at the time that the letter proposes."""
    if letter.meeting_id != meeting.id or letter.starts_at is None:
        raise NotFound
    form: Raw = dict(meeting.draft or await form_of(reading, meeting.id))
    return moved(form, letter.starts_at, letter.ends_at)
