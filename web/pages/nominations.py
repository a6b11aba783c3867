"""An agency says whom it sends to a meeting; and the host reminds those agencies that have not said it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.answers import AnswerInvitation
from meetings.commands import Actor
from meetings.errors import Invalid, Problem, Refusal
from meetings.models.meeting import participants
from meetings.nominations import (
    DeclineNomination,
    NominateGuest,
    NominatePerson,
    PassOnNomination,
    RemindNominators,
    TakeNominationBack,
    WithdrawNominee,
)
from meetings.perform import perform
from meetings.queries.nominations import SHOWN, nomination_page

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, signed_in
from ..rendering import page
from .schedule import sender_of

routes = web.RouteTableDef()
# What each button of the page does, and what is said then.
ACTS: dict[str, tuple[type[Any], str]] = {
    "person": (NominatePerson, "nomination.told_sent"), "guest": (NominateGuest, "nomination.told_sent"),
    "withdraw": (WithdrawNominee, "nomination.told_withdrawn"), "decline": (DeclineNomination, "nomination.told_declined"),
    "pass": (PassOnNomination, "nomination.told_passed"), "take-back": (TakeNominationBack, "nomination.told_taken_back"),
}  # fmt: skip


@routes.get("/meetings/{id}/nominations/{nomination}")
async def show(request: web.Request) -> web.Response:
    return await _show(request, signed_in(request))


@routes.post("/meetings/{id}/nominations/{nomination}/answer")
async def answer(request: web.Request) -> web.Response:
    """For somebody whom the agency sends."""
    actor, data = signed_in(request), await fields_of(request)
    try:
        await perform(request.app[DB], actor, command_from(AnswerInvitation, data, meeting_id=request.match_info["id"]))
    except Invalid as invalid:
        return await _show(request, actor, act="answer", problems=tuple(invalid.problems), typed=data, status=422)
    raise redirect(_address(request), "answer.kept")


@routes.post("/meetings/{id}/nominations/{nomination}/{act}")
async def change(request: web.Request) -> web.Response:
    actor, data, act = signed_in(request), await fields_of(request), request.match_info["act"]
    if act not in ACTS:
        raise web.HTTPNotFound
    kind, told = ACTS[act]
    more: dict[str, Any] = {"meeting_id": request.match_info["id"], "nomination_id": request.match_info["nomination"]}
    if "sender" in kind.__dataclass_fields__:
        more["sender"] = sender_of(request)
    if "accepted" in kind.__dataclass_fields__:
        more["accepted"] = "accepted" in data
    try:
        answer = await perform(request.app[DB], actor, command_from(kind, data, **more)) or {}
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return await _show(request, actor, act=act, problems=tuple(refusal.problems), typed=data, status=refusal.status)
    name = ""
    if "participant_id" in answer:
        async with request.app[DB].reading() as reading:
            name = (await reading.get(participants, answer["participant_id"])).name
    raise redirect(_address(request), told, name=name)


@routes.post("/meetings/{id}/nominations-remind")
async def remind(request: web.Request) -> web.Response:
    """For those who organise: one agency, or all that have not named everybody."""
    data, meeting_id = await fields_of(request), request.match_info["id"]
    command = command_from(RemindNominators, data, meeting_id=meeting_id, sender=sender_of(request))
    try:
        answer = await perform(request.app[DB], signed_in(request), command) or {}
    except Refusal as refusal:
        if refusal.code != "reminded_just_now":
            raise
        raise redirect(f"/meetings/{meeting_id}#agencies", "refusal_nomination.reminded_just_now") from None
    note = "nomination.told_reminded" if answer["told"] else "nomination.told_nobody"
    raise redirect(f"/meetings/{meeting_id}#agencies", note, n=answer["told"])


def _address(request: web.Request) -> str:
    return f"/meetings/{request.match_info['id']}/nominations/{request.match_info['nomination']}"


async def _show(
    request: web.Request,
    actor: Actor,
    *,
    act: str = "",
    problems: tuple[Problem, ...] = (),
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    """`act`: whose form the problems and what was typed belong to."""
    find = (typed or {}).get("find", request.query.get("find", ""))[:100]
    async with request.app[DB].reading() as reading:
        found = await nomination_page(reading, actor, request.match_info["id"], request.match_info["nomination"], find)
    context: dict[str, Any] = {"found": found, "m": found.meeting, "asked": found.asked, "find": find, "shown": SHOWN, "act": act}
    return page(request, "nomination.html", status=status, problems=problems, typed=typed or {}, **context)
