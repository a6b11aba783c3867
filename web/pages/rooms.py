"""Rooms by day, booking one from there, and what its keeper decides."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from meetings import clock
from meetings.errors import Invalid, NotAllowed, NotFound, Problem, Refusal
from meetings.meeting_form import YEARS, moved
from meetings.perform import perform
from meetings.queries.rooms import Wish, day_of_rooms, room_page
from meetings.room_requests import BlockRoom, DecideBooking, UnblockRoom
from meetings.room_rules import EQUIPMENT

from ..flashes import redirect
from ..forms import command_from, fields_of
from ..keys import DB, signed_in
from ..rendering import page
from .schedule import new_draft, sender_of

routes = web.RouteTableDef()
LABELS = {"starts_at": "booking.from", "ends_at": "booking.until", "reason": "booking.reason"}


@routes.get("/rooms")
async def day(request: web.Request) -> web.Response:
    actor = signed_in(request)
    chosen, wish = _day(request.query.get("day", "")), _wish(request)
    async with request.app[DB].reading() as reading:
        found = await day_of_rooms(reading, actor, chosen, wish, clock.now())
    hours = [found.start + timedelta(hours=n) for n in range(0, int((found.end - found.start) / timedelta(hours=1)), 2)]
    query = urlencode({"agency": wish.agency, "seats": wish.seats or "", "equipment": wish.equipment})
    context: dict[str, Any] = {
        "found": found, "day": chosen, "today": clock.today(), "step": timedelta(days=1), "wish": wish, "hours": hours,
    }  # fmt: skip
    return page(request, "rooms/day.html", query=query, equipment=EQUIPMENT, **context)


def _day(text: str) -> date:
    """Whatever else stands in the address, today is shown."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return clock.today()
    return found if found.year in YEARS else clock.today()


def _wish(request: web.Request) -> Wish:
    seats = request.query.get("seats", "")
    return Wish(
        agency=request.query.get("agency", "")[:32], equipment=request.query.get("equipment", "")[:32],
        seats=int(seats) if seats.isascii() and seats.isdecimal() and len(seats) < 7 else 0,
    )  # fmt: skip


@routes.post("/rooms/book")
async def book(request: web.Request) -> web.Response:
    """A new draft for this room and time: `at` is `room/start/end`."""
    room_id, _, times = (await fields_of(request)).get("at", "").partition("/")
    start, _, end = times.partition("/")
    try:
        form = moved({"room_id": room_id[:32]}, clock.instant(start), clock.instant(end))
    except (ValueError, OverflowError):
        raise NotFound from None
    raise web.HTTPSeeOther(f"/meetings/{await new_draft(request, **form)}/edit")


@routes.get("/rooms/{id}")
async def room(request: web.Request) -> web.Response:
    return await _room(request, request.match_info["id"])


async def _room(
    request: web.Request, room_id: str, *, typed: dict[str, Any] | None = None, problems: tuple[Problem, ...] = (), status: int = 200
) -> web.Response:
    async with request.app[DB].reading() as reading:
        found = await room_page(reading, signed_in(request), room_id, clock.now())
    if problems and not found.kept:
        raise NotFound
    return page(request, "rooms/show.html", status=status, problems=problems, labels=LABELS, found=found, typed=typed or {})


@routes.post("/rooms/{id}/bookings/{booking}")
async def decide(request: web.Request) -> web.Response:
    data = await fields_of(request)
    agreed = data.get("answer") == "agreed"
    fields = {"meeting_id": data.get("meeting_id", ""), "booking_id": request.match_info["booking"], "reason": data.get("reason", "")}
    try:
        command = command_from(DecideBooking, fields, agreed=agreed, sender=sender_of(request))
        await perform(request.app[DB], signed_in(request), command)
    except Refusal as refusal:
        return await _again(request, data, refusal)
    raise redirect(f"/rooms/{request.match_info['id']}", f"booking.told_{'agreed' if agreed else 'refused'}")


@routes.post("/rooms/{id}/blocks")
async def block(request: web.Request) -> web.Response:
    data, room_id = await fields_of(request), request.match_info["id"]
    try:
        times = {name: _instant(data.get(name, ""), name) for name in ("starts_at", "ends_at")}
        await perform(request.app[DB], signed_in(request), command_from(BlockRoom, data, room_id=room_id, **times))
    except Refusal as refusal:
        return await _again(request, data, refusal)
    raise redirect(f"/rooms/{room_id}", "booking.told_blocked")


@routes.post("/rooms/{id}/blocks/{booking}/remove")
async def unblock(request: web.Request) -> web.Response:
    command = command_from(UnblockRoom, {}, booking_id=request.match_info["booking"])
    await perform(request.app[DB], signed_in(request), command)
    raise redirect(f"/rooms/{request.match_info['id']}", "booking.told_unblocked")


async def _again(request: web.Request, data: dict[str, str], refusal: Refusal) -> web.Response:
    """The room's page with what was typed. What one may not do or see stays refused."""
    if isinstance(refusal, (NotAllowed, NotFound)):
        raise refusal
    typed = data | {"booking": request.match_info.get("booking", "")}
    return await _room(request, request.match_info["id"], typed=typed, problems=tuple(refusal.problems), status=refusal.status)


def _instant(text: str, where: str) -> datetime:
    """A `datetime-local` value as an instant. Raises Invalid."""
    try:
        return clock.from_local(datetime.fromisoformat(text), clock.HOME_ZONE)
    except (ValueError, OverflowError):
        raise Invalid("date", where) from None
