"""A new meeting after an old one: one page that asks for the day and for what is taken over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from meetings import clock
from meetings.carrying import CarryOver
from meetings.cloning import CloneMeeting
from meetings.commands import Actor
from meetings.errors import Invalid, NotFound, Problem
from meetings.perform import perform
from meetings.queries.meetings import MeetingPage, meeting_page

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, signed_in
from ..rendering import page

routes = web.RouteTableDef()
CHOICES = ("agenda", "carry", "people", "sites", "papers", "settings")


@routes.get("/meetings/{id}/clone")
async def clone_form(request: web.Request) -> web.Response:
    found = await _found(request, signed_in(request))
    taken = {"people", "sites", "settings", "carry" if found.meeting.state == "finished" else "agenda"}
    return _form(request, found, _a_week_later(found), taken)


@routes.post("/meetings/{id}/clone")
async def clone(request: web.Request) -> web.Response:
    actor, data = signed_in(request), await fields_of(request)
    try:
        typed = {name: value for name, value in data.items() if name in ("date", *CHOICES)}
        command = command_from(CloneMeeting, typed, meeting_id=request.match_info["id"])
        answer = await perform(request.app[DB], actor, command) or {}
    except Invalid as invalid:
        found = await _found(request, actor)
        return _form(request, found, data.get("date", ""), {*CHOICES} & data.keys(), tuple(invalid.problems), 422)
    raise redirect(f"/meetings/{answer['meeting_id']}/edit", "clone.made")


@routes.post("/meetings/{id}/carry")
async def carry(request: web.Request) -> web.Response:
    """Into the next date of the series: its form opens with what was carried over."""
    answer = await perform(request.app[DB], signed_in(request), CarryOver(meeting_id=request.match_info["id"])) or {}
    raise redirect(f"/meetings/{answer['meeting_id']}/edit", "series.carried", n=answer["items"])


def _form(
    request: web.Request, found: MeetingPage, day: str, taken: set[str], problems: tuple[Problem, ...] = (), status: int = 200
) -> web.Response:  # fmt: skip
    context: dict[str, Any] = {"found": found, "day": day, "taken": taken, "choices": CHOICES}
    return page(request, "schedule/clone.html", status=status, problems=problems, **context)


async def _found(request: web.Request, actor: Actor) -> MeetingPage:
    async with request.app[DB].reading() as reading:
        found = await meeting_page(reading, actor, request.match_info["id"])
    if not found.by.organises:
        raise NotFound
    return found


def _a_week_later(found: MeetingPage) -> str:
    """The same weekday, a week after the meeting, or after today if that has passed."""
    meeting = found.meeting
    today = clock.today(meeting.zone)
    day = (clock.local(meeting.starts_at, meeting.zone).date() if meeting.starts_at else today) + timedelta(days=7)
    while day <= today:
        day += timedelta(days=7)
    return day.isoformat()
