"""The minutes go round. For who wrote them: sending, who has answered, each remark and what became of it. For participants, by
account or personal link: reading what was sent, agreeing, making remarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from aiohttp import web

from meetings import clock
from meetings.commands import Actor, MeetingCommand
from meetings.database import Row
from meetings.errors import Invalid, NotAllowed, Problem, Refusal
from meetings.minutes_circulation import AgreeToMinutes, CirculateMinutes, RemindReaders
from meetings.minutes_remarks import AddRemark, SettleRemark, WithdrawRemark
from meetings.models.meeting import items
from meetings.perform import perform
from meetings.queries.minutes import Round, round_of

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, known
from ..rendering import page
from .personal_link import link_actor
from .schedule import sender_of

routes = web.RouteTableDef()
Problems = Sequence[Problem]
# What a form's `act` gives, and the note that follows.
READER = {
    "agree": (AgreeToMinutes, "remark.agree_note"), "remark": (AddRemark, "remark.added"),
    "withdraw": (WithdrawRemark, "remark.withdrawn"),
}  # fmt: skip
WRITER = {
    "send": (CirculateMinutes, "remark.sent"), "remind": (RemindReaders, "remark.reminded"), "answer": (AddRemark, "remark.settled"),
    "settle": (SettleRemark, "remark.settled"),
}  # fmt: skip
LABELS = {"due_on": "remark.due", "text": "remark.text"}


@routes.get("/meetings/{id}/minutes/round")
async def round_page(request: web.Request) -> web.Response:
    return await _round_page(request)


async def _round_page(
    request: web.Request, *, problems: Problems = (), typed: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    found, agenda = await _found(request, known(request), request.match_info["id"])
    if not found.by.runs:
        raise NotAllowed("not_allowed")
    counts = Counter("agreed" if row.agreed else "remarked" if row.answered_at else "waiting" for row in found.readers)
    context = {
        "r": found, "m": found.meeting, "titles": {item.id: item.title for item in agenda}, "counts": counts, "typed": typed or {},
        "due_on": clock.today(found.meeting.zone) + timedelta(days=3), "here": f"/meetings/{found.meeting.id}/minutes/round",
    }  # fmt: skip
    return page(request, "minutes/round.html", status=status, problems=problems, labels=LABELS, **context)


@routes.post("/meetings/{id}/minutes/round")
async def act_as_writer(request: web.Request) -> web.Response:
    actor, meeting_id = known(request), request.match_info["id"]
    data = await fields_of(request)
    try:
        note = await _act(request, actor, meeting_id, data, WRITER)
    except Invalid as invalid:
        return await _round_page(request, problems=tuple(invalid.problems), typed=data, status=422)
    raise redirect(f"/meetings/{meeting_id}/minutes/round", note)


@routes.get("/meetings/{id}/minutes/remarks")
async def remarks(request: web.Request) -> web.Response:
    return await _remarks_page(request, known(request), request.match_info["id"])


@routes.post("/meetings/{id}/minutes/remarks")
async def remark(request: web.Request) -> web.Response:
    return await _act_as_reader(request, known(request), request.match_info["id"])


@routes.get("/j/{token}/minutes")
async def remarks_by_link(request: web.Request) -> web.Response:
    actor = await link_actor(request)
    return await _remarks_page(request, actor, actor.meeting_id or "")


@routes.post("/j/{token}/minutes")
async def remark_by_link(request: web.Request) -> web.Response:
    actor = await link_actor(request)
    return await _act_as_reader(request, actor, actor.meeting_id or "")


async def _remarks_page(
    request: web.Request, actor: Actor, meeting_id: str, *, problems: Problems = (), typed: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    found, _ = await _found(request, actor, meeting_id)
    template = "minutes/remarks_link.html" if "token" in request.match_info else "minutes/remarks.html"
    context = {"r": found, "m": found.meeting, "here": request.path, "typed": typed or {}}
    return page(request, template, status=status, problems=problems, labels=LABELS, **context)


async def _act_as_reader(request: web.Request, actor: Actor, meeting_id: str) -> web.Response:
    data = await fields_of(request)
    try:
        note = await _act(request, actor, meeting_id, data, READER)
    except Invalid as invalid:
        return await _remarks_page(request, actor, meeting_id, problems=tuple(invalid.problems), typed=data, status=422)
    raise redirect(request.path, note)


async def _act(
    request: web.Request, actor: Actor, meeting_id: str, data: dict[str, str], acts: dict[str, tuple[type[MeetingCommand], str]]
) -> str:
    """Carries out what the form says; the note to show. Raises Refusal."""
    kind, note = acts.get(data.get("act", ""), (None, ""))
    if kind is None:
        await _found(request, actor, meeting_id)  # for a stranger there is no such page
        raise Refusal("bad_request")
    more = {"sender": sender_of(request)} if "sender" in kind.__dataclass_fields__ else {}
    given = {name: value for name, value in data.items() if name != "anchor"}
    await perform(request.app[DB], actor, command_from(kind, given, meeting_id=meeting_id, **more))
    return note


async def _found(request: web.Request, actor: Actor, meeting_id: str) -> tuple[Round, Sequence[Row]]:
    async with request.app[DB].reading() as reading:
        found = await round_of(reading, actor, meeting_id)
        agenda: Any = sa.select(items.c.id, items.c.title).where(items.c.meeting_id == meeting_id)
        return found, await reading.all(agenda.order_by(items.c.position))
