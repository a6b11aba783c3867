"""Asking for a time: made from the schedule form, answered by account or personal link, settled by whoever organises the meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from meetings import clock
from meetings.commands import Actor
from meetings.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, Refusal
from meetings.meeting_form import times_of, zone_of
from meetings.perform import perform
from meetings.polls import CHOICES, MOST, AnswerPoll, ClosePoll, OpenPoll, RemindOfPoll, SettlePoll
from meetings.queries.polls import poll_page

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, SETTINGS, signed_in
from ..rendering import page
from .finding_time import organised
from .personal_link import link_actor
from .schedule import edit_page, sender_of

routes = web.RouteTableDef()
Problems = tuple[Problem, ...]
PARTS = ("date", "start", "end")
LEAST_SHOWN = 3  # rows of times in the form


@routes.get("/meetings/{id}/poll/new")
async def new(request: web.Request) -> web.Response:
    """With the times in the query, `slot=2026-12-02 08:00 10:00`, and the one in the form."""
    marked = [dict(zip(PARTS, text.split(" "), strict=False)) for text in request.query.getall("slot", [])[:MOST]]
    return await _new(request, rows=marked)


async def _new(
    request: web.Request, *, rows: list[dict[str, str]], typed: Mapping[str, str] | None = None, problems: Problems = (), status: int = 200
) -> web.Response:
    async with request.app[DB].reading() as reading:
        meeting, form = await organised(reading, signed_in(request), request.match_info["id"])
    if meeting.state != "draft":
        raise Conflict("poll_not_draft")
    zone = zone_of(form)
    if not rows and times_of(form):
        rows = [{name: str(form.get(name) or "") for name in PARTS}]
    rows = [dict.fromkeys(PARTS, "") | row for row in rows]
    rows += [dict.fromkeys(PARTS, "") for _ in range(LEAST_SHOWN - len(rows))]
    until = clock.local(clock.now(), zone) + timedelta(days=2)
    values = {"deadline_day": until.date().isoformat(), "deadline_time": "17:00", "note": "", "holds": "true"} | dict(typed or {})
    return page(request, "poll/new.html", status=status, problems=problems, meeting=meeting, rows=rows, v=values, most=MOST)


@routes.post("/meetings/{id}/poll/new")
async def ask(request: web.Request) -> web.Response:
    actor, data = signed_in(request), await fields_of(request)
    async with request.app[DB].reading() as reading:
        _, form = await organised(reading, actor, request.match_info["id"])
    rows = _rows(data)
    typed = {name: data.get(name, "") for name in ("deadline_day", "deadline_time", "note", "holds")}
    try:
        zone = zone_of(form)
        slots = [
            {"starts_at": _instant(row["date"], row["start"], zone, "slots"), "ends_at": _instant(row["date"], row["end"], zone, "slots")}
            for row in rows if any(row.values())
        ]  # fmt: skip
        deadline = _instant(typed["deadline_day"], typed["deadline_time"], zone, "deadline_at")
        more = {"slots": slots, "deadline_at": deadline, "holds": "holds" in data, "sender": sender_of(request)}
        command = command_from(OpenPoll, data, meeting_id=request.match_info["id"], **more)
        answer = await perform(request.app[DB], actor, command) or {}
    except Refusal as refusal:
        if isinstance(refusal, (NotAllowed, NotFound)):
            raise
        if any(one.where in ("title", "invited", "guests") for one in refusal.problems):
            return await edit_page(request, actor, problems=tuple(refusal.problems), status=refusal.status)
        return await _new(request, rows=rows, typed=typed, problems=tuple(refusal.problems), status=refusal.status)
    raise redirect(f"/meetings/{command.meeting_id}/poll", "poll.sent", n=answer["asked"])


def _rows(data: Mapping[str, str]) -> list[dict[str, str]]:
    """`slots.<n>.<part>` fields, in their order."""
    numbers = sorted({int(name.split(".")[1]) for name in data if name.startswith("slots.") and name.split(".")[1].isdecimal()})
    return [{part: data.get(f"slots.{n}.{part}", "") for part in PARTS} for n in numbers[: MOST + 1]]


def _instant(day: str, at: str, zone: str, where: str) -> datetime:
    """Raises Invalid."""
    try:
        return clock.from_local(datetime.combine(date.fromisoformat(day), time.fromisoformat(at)), zone)
    except (ValueError, OverflowError):
        raise Invalid("date_and_time", where) from None


@routes.get("/meetings/{id}/poll")
async def show(request: web.Request) -> web.Response:
    return await _show(request, signed_in(request), request.match_info["id"], f"/meetings/{request.match_info['id']}/poll")


@routes.get("/j/{token}/poll")
async def show_by_link(request: web.Request) -> web.Response:
    actor = await link_actor(request, drafted=True)
    return await _show(request, actor, actor.meeting_id or "", f"/j/{request.match_info['token']}/poll")


async def _show(
    request: web.Request, actor: Actor, meeting_id: str, here: str, *, problems: Problems = (), typed: Any = None, status: int = 200
) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await poll_page(reading, actor, meeting_id)
    settled = next((one.slot for one in found.slots if one.slot.id == found.poll.settled_slot_id), None)
    running = found.poll.state == "open"
    context: dict[str, Any] = {
        "found": found, "here": here, "choices": CHOICES, "settled": settled, "running": running, "typed": typed or {},
        "late": running and clock.now() > found.poll.deadline_at, "zone_said": zone_of(found.meeting.draft or {"zone": found.meeting.zone}),
        "own": next((row.id for row in found.asked if row.id == actor.participant_id or row.person_id == actor.person_id), ""),
    }  # fmt: skip
    template = "poll/link.html" if actor.kind == "link" else "poll/show.html"
    return page(request, template, status=status, problems=problems, **context)


@routes.post("/meetings/{id}/poll/answer")
async def answer(request: web.Request) -> web.Response:
    return await _answer(request, signed_in(request), request.match_info["id"], f"/meetings/{request.match_info['id']}/poll")


@routes.post("/j/{token}/poll/answer")
async def answer_by_link(request: web.Request) -> web.Response:
    actor = await link_actor(request, drafted=True)
    return await _answer(request, actor, actor.meeting_id or "", f"/j/{request.match_info['token']}/poll")


async def _answer(request: web.Request, actor: Actor, meeting_id: str, here: str) -> web.Response:
    data = await fields_of(request)
    answers = {name.removeprefix("slot."): value for name, value in data.items() if name.startswith("slot.")}
    more = {"participant_id": actor.participant_id} if actor.kind == "link" else {}
    try:
        await perform(request.app[DB], actor, command_from(AnswerPoll, data, meeting_id=meeting_id, answers=answers, **more))
    except Refusal as refusal:
        if isinstance(refusal, (NotAllowed, NotFound)):
            raise
        return await _show(request, actor, meeting_id, here, problems=tuple(refusal.problems), typed=answers, status=refusal.status)
    raise redirect(here, "poll.kept")


@routes.post("/meetings/{id}/poll/remind")
async def remind(request: web.Request) -> web.Response:
    actor, meeting_id = signed_in(request), request.match_info["id"]
    answer = await perform(request.app[DB], actor, RemindOfPoll(meeting_id=meeting_id, sender=sender_of(request))) or {}
    raise redirect(f"/meetings/{meeting_id}/poll", "poll.reminded", n=answer["reminded"])


@routes.post("/meetings/{id}/poll/close")
async def close(request: web.Request) -> web.Response:
    actor, meeting_id = signed_in(request), request.match_info["id"]
    await perform(request.app[DB], actor, ClosePoll(meeting_id=meeting_id))
    raise redirect(f"/meetings/{meeting_id}/edit", "poll.closed")


@routes.post("/meetings/{id}/poll/settle")
async def settle(request: web.Request) -> web.Response:
    """One act; where the draft is not ready to be sent, the form says what is missing and nothing has changed."""
    actor, meeting_id, data = signed_in(request), request.match_info["id"], await fields_of(request)
    more = {"sender": sender_of(request), "jitsi": request.app[SETTINGS].jitsi}
    try:
        answer = await perform(request.app[DB], actor, command_from(SettlePoll, data, meeting_id=meeting_id, **more)) or {}
    except Invalid as invalid:
        return await edit_page(request, actor, problems=tuple(invalid.problems), status=422)
    raise redirect(f"/meetings/{meeting_id}", "schedule.sent", invited=answer["invited"])
