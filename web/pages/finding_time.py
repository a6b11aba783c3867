"""Finding a time in the schedule form: parts of its page that its script asks for. Who organises the meeting learns when people are
taken, and by what only where he may see that meeting anyway."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from aiohttp import web

from meetings import clock
from meetings.access import standing
from meetings.advice import earliest_day
from meetings.availability import ORDERS
from meetings.commands import Actor
from meetings.database import Reading, Row
from meetings.errors import Conflict, Invalid, NotFound, Problem
from meetings.i18n import translator
from meetings.meeting_form import Raw, times_of, zone_of
from meetings.polls import poll_being_held
from meetings.queries.finding_time import LONGEST, LONGEST_SPAN, TRAVEL, Wish, find_times
from meetings.queries.free_week import WEEK, picture_of
from meetings.sent_form import form_of

from ..keys import DB, LANGUAGE, SETTINGS, signed_in
from ..rendering import fragment, problem_texts

routes = web.RouteTableDef()
FARTHEST = 730  # days ahead
LENGTHS = (30, 45, 60, 90, 120, 150, 180, 240, 480)
USUAL_SPAN = 13  # days after the first
SHOWN_NAMES = 4  # of those missing for one reason, before they are folded


@routes.get("/meetings/{id}/times")
async def times(request: web.Request) -> web.Response:
    """The five best times by the wish in the query, for the draft as it is saved."""
    actor = signed_in(request)
    async with request.app[DB].reading() as reading:
        meeting, form = await organised(reading, actor, request.match_info["id"])
        try:
            wish = _wish(request.query, form, clock.today(request.app[SETTINGS].zone))
        except Invalid as invalid:
            texts = problem_texts(invalid.problems, translator(request[LANGUAGE]))
            return _part(request, "schedule/times_wrong.html", 422, texts=texts)
        asks = meeting.state == "draft" and not await poll_being_held(reading, meeting.id)
        found = await find_times(reading, actor, meeting, form, wish, clock.now())
    return _part(request, "schedule/times.html", found=found, most=SHOWN_NAMES, zone=zone_of(form), local=clock.local, asks=asks)


@routes.get("/meetings/{id}/free")
async def free(request: web.Request) -> web.Response:
    """Who is free when, drawn for the week (or, with `days=1`, the day) of `day`, and who is not at the time that is typed."""
    actor, today = signed_in(request), clock.today(request.app[SETTINGS].zone)
    async with request.app[DB].reading() as reading:
        meeting, form = await organised(reading, actor, request.match_info["id"])
        day = _day(request.query.get("day", "")) or _day(str(form.get("date", ""))) or today
        if abs((day - today).days) > FARTHEST:
            day = today
        picture, at = await picture_of(reading, actor, meeting, form, day, 1 if request.query.get("days") == "1" else WEEK)
    context: dict[str, Any] = {"picture": picture, "at": at, "day": day, "step": timedelta(days=1 if len(picture.days) == 1 else WEEK)}
    return _part(request, "schedule/free.html", most=SHOWN_NAMES, zone=zone_of(form), **context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _part(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    return web.Response(text=fragment(request, template, **context), content_type="text/html", status=status)


async def organised(reading: Reading, actor: Actor, meeting_id: str) -> tuple[Row, Raw]:
    """The meeting and its form as it is saved. Raises NotFound to everybody who does not organise it."""
    by = await standing(reading, meeting_id, actor)
    if by.meeting is None or not by.organises:
        raise NotFound
    if by.meeting.state in ("finished", "cancelled"):
        raise Conflict("meeting_over")
    return by.meeting, by.meeting.draft or await form_of(reading, meeting_id)


def wish_context(form: Raw, today: date) -> dict[str, Any]:
    """What schedule/find_time.html draws: two weeks from the first day that leaves the notice asked for."""
    first = today if form.get("urgent") or form.get("type") == "urgent" else earliest_day(today)
    return {"span": (first, first + timedelta(days=USUAL_SPAN)), "lengths": LENGTHS, "orders": ORDERS, "travel": TRAVEL}


def _wish(query: Any, form: Raw, today: date) -> Wish:
    """Raises Invalid, with every problem."""
    problems: list[Problem] = []

    def day(name: str) -> date:
        try:
            return date.fromisoformat(query.get(name, ""))
        except ValueError:
            problems.append(Problem("date", name))
            return today

    def minutes(name: str, otherwise: int, most: int) -> int:
        text = query.get(name, "")
        if text and not (text.isascii() and text.isdecimal() and int(text[:6]) <= most):
            problems.append(Problem("minutes_upto", name, {"most": most}))
            return otherwise
        return int(text) if text else otherwise

    typed = times_of(form)
    length = round((typed[1] - typed[0]).total_seconds() / 60) if typed else 60
    first, last, wanted = day("first"), day("last"), minutes("minutes", length, LONGEST)
    if wanted > LONGEST or wanted < 1:
        problems.append(Problem("minutes_upto", "minutes", {"most": LONGEST}))
    if not problems and not (0 <= (last - first).days <= LONGEST_SPAN and (last - today).days <= FARTHEST):
        problems.append(Problem("span_wrong", "last", {"most": LONGEST_SPAN}))
    travel = minutes("travel", TRAVEL, 240)
    order = query.get("order", "earliest")
    if problems:
        raise Invalid.of(problems)
    return Wish(max(first, today), max(last, today), wanted, order if order in ORDERS else "earliest", travel)
