"""Times at which those whom a draft invites can meet: the best five by the wish, with who would be missing and why."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import sqlalchemy as sa

from .. import clock
from ..access import visible
from ..availability import Choice, Line, Order, Search, Shape, Why, occupied
from ..commands import Actor
from ..database import Reading, Row
from ..errors import Invalid
from ..meeting_form import Raw, meant, zone_of
from ..models.meeting import meetings, participants
from ..occurrences import distances
from ..repetition import days_typed
from ..slots import QUARTER, Grid, spread
from ..spans import Span
from ..working_time import Hours, Working, worked
from .attendees import Attendee, Calendars, calendars_of
from .busy import NOT_COMING

LONGEST_SPAN = 92  # days that are looked at
LONGEST = 600  # minutes of a meeting: it does not reach into another day
TRAVEL = 30  # minutes from one place to another, as a rule
NEAR = 1  # quarters: with less than that between two appointments one has to hurry

Reason = Literal["busy", "held", "travel", "off", "unknown", "nobody"]


@dataclass(frozen=True, slots=True)
class Wish:
    """`first` to `last`: days on which it may be. `travel`: minutes from one place to another."""

    first: date
    last: date
    minutes: int
    order: Order = "earliest"
    travel: int = TRAVEL


@dataclass(frozen=True, slots=True)
class Absent:
    """`what`: the title of the meeting that keeps him, where the actor may know of it; else empty."""

    who: Attendee
    why: Reason
    what: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`room`: one that is free, the one in the form if it is; None: none is looked for, or none is free."""

    start: datetime
    end: datetime
    absent: Sequence[Absent]
    tight: Sequence[Attendee]  # come straight from, or go straight on to, something else
    room: Row | None


@dataclass(frozen=True, slots=True)
class FoundTimes:
    proposals: Sequence[Proposal]
    attendees: int
    guests: int
    looked_for_room: bool
    chosen_room: Row | None


async def find_times(reading: Reading, actor: Actor, meeting: Row, form: Raw, wish: Wish, now: datetime) -> FoundTimes:
    """For those who organise the meeting. Of a series every date counts."""
    zone = zone_of(form)
    start, end = _midnight(wish.first, zone), _midnight(wish.last + timedelta(days=1), zone)
    after = _after(meant(meeting, form), wish)
    reach = end + timedelta(days=max((days[-1] for days in after.values()), default=0))
    calendars = await calendars_of(reading, meeting, form, start, reach, timedelta(minutes=wish.travel))
    # Thousands of calendars take a while: the others' pages are not to wait for it.
    shape, choices = await asyncio.to_thread(_best, calendars, wish, zone, end, now, after)
    busy = {missing.key for choice in choices for missing in choice.missing if missing.why == "busy"}
    titles = await titles_of(reading, actor, meeting.id, busy, {one.start: _span(shape, one) for one in choices})
    people = {one.key: one for one in calendars.attendees}
    rooms = {row.id: row for row in calendars.rooms}
    proposals = [
        Proposal(
            shape.grid.at(one.start), shape.grid.at(one.start) + timedelta(minutes=wish.minutes),
            [
                Absent(people[m.key], _exactly(calendars, shape, one, people[m.key], m.why), titles.get((one.start, m.key), ""))
                for m in one.missing
            ],
            [people[key] for key in one.tight], next((rooms[key] for key in rooms if key in one.rooms), None),
        )
        for one in choices
    ]  # fmt: skip
    chosen = next((row for row in calendars.rooms if row.id == form.get("room_id")), None)
    return FoundTimes(proposals, len(people), calendars.guests, bool(rooms), chosen)


def _after(form: Raw, wish: Wish) -> Mapping[date, tuple[int, ...]]:
    """By each day on which the meeting may begin, the days from it to every date of its series; 0 is that day itself."""
    days = [wish.first + timedelta(days=n) for n in range((wish.last - wish.first).days + 1)]
    if form.get("repeat", "none") in ("", "none", None):
        return dict.fromkeys(days, (0,))
    found = {}
    for day in days:
        try:
            found[day] = tuple((one - day).days for one in days_typed(form | {"date": day.isoformat()}))
        except Invalid as invalid:
            if invalid.code != "repeat_first":  # the rule is not ready: the first date alone is looked at
                found[day] = (0,)
    return found


def _midnight(day: date, zone: str) -> datetime:
    return clock.from_local(datetime.combine(day, time()), zone)


def _best(
    calendars: Calendars, wish: Wish, zone: str, end: datetime, now: datetime, after: Mapping[date, tuple[int, ...]]
) -> tuple[Shape, Sequence[Choice]]:
    grid = calendars.grid
    length = -(-timedelta(minutes=wish.minutes) // QUARTER)
    lunch = length * QUARTER <= longest_part(calendars.host)
    starts = _starts(grid, calendars, length, end, now, lunch=lunch)
    shape = Shape(grid, length, _occurrences(grid, starts, after, zone) or ((0, (0,)),), NEAR)
    off = {id(one): off_mask(grid, one, lunch=lunch) for one in calendars.working.values()}
    lines = [line_of(calendars, one, off[id(calendars.working[one.agency_id])]) for one in calendars.attendees]
    rooms = [
        Line(row.id, _with_gap(calendars.busy.rooms.get(row.id, 0), row), _shut(grid, row), row.id in calendars.busy.unknown)
        for row in calendars.rooms
    ]
    return shape, Search(shape, lines, rooms).best(wish.order) or Search(shape, lines).best(wish.order)


def _with_gap(taken: int, room: Row) -> int:
    """Whoever comes before somebody else leaves the room the time that it needs."""
    return spread(taken, 1 + -(-room.gap // 15))


def _occurrences(grid: Grid, starts: int, after: Mapping[date, tuple[int, ...]], zone: str) -> tuple[tuple[int, tuple[int, ...]], ...]:
    by_days: dict[tuple[int, ...], list[int]] = {}
    for slot in _bits(starts):
        if days := after.get(clock.local(grid.at(slot), zone).date()):
            by_days.setdefault(days, []).append(slot)
    return tuple(pair for days, slots in by_days.items() for pair in distances(grid, slots, days, zone))


def _shut(grid: Grid, room: Row) -> int:
    """Outside the room's opening hours, if it has some."""
    if not room.opens and not room.days:
        return 0
    part = (time.fromisoformat(room.opens), time.fromisoformat(room.closes)) if room.opens else (time(), time(23, 59))
    return off_mask(grid, Working(Hours((part,), frozenset(room.days or range(7)))))


def longest_part(working: Working) -> timedelta:
    """Of a working day, between its breaks."""
    day = date(2000, 1, 1)
    return max(datetime.combine(day, b) - datetime.combine(day, a) for a, b in working.hours.parts)


def off_mask(grid: Grid, working: Working, *, lunch: bool = True) -> int:
    return grid.all & ~grid.whole(worked(working.hours, working.days, grid.start, grid.at(grid.count), lunch=lunch))


def line_of(calendars: Calendars, one: Attendee, off: int) -> Line:
    taken = calendars.busy
    busy = 0
    for spans in (taken.people, taken.held, taken.on_the_way):
        busy |= spans.get(one.key, 0)
    unknown = not one.known or one.key in calendars.busy.unknown
    return Line(one.key, busy, off, unknown, one.required, one.weight, *_part(one))


def _part(one: Attendee) -> tuple[int, int]:
    """(offset, length) in quarters."""
    return one.offset // 15, -(-(one.offset % 15 + one.length) // 15) if one.length else 0


def _starts(grid: Grid, calendars: Calendars, length: int, end: datetime, now: datetime, *, lunch: bool) -> int:
    """Full and half hours to come from which the whole meeting is within the host's working time."""
    outside = off_mask(grid, calendars.host, lunch=lunch)
    soonest = max(0, -((grid.start - now) // QUARTER))
    last = min(grid.count, (end - grid.start) // QUARTER)
    halves = sum(1 << slot for slot in range(soonest + soonest % 2, last, 2))
    return halves & ~spread(outside, length)


def _bits(mask: int) -> Iterable[int]:
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1


def _exactly(calendars: Calendars, shape: Shape, choice: Choice, one: Attendee, why: Why) -> Reason:
    """What the search calls busy, and what it calls unknown, in full."""
    taken = occupied(shape, choice.start, *_part(one))
    return reason(calendars, one, taken, taken if why == "off" else 0) or "unknown"


def reason(calendars: Calendars, one: Attendee, taken: int, off: int) -> Reason | None:
    """Why somebody is not free in these quarters; None when he is."""
    if calendars.busy.people.get(one.key, 0) & taken:
        return "busy"
    if calendars.busy.held.get(one.key, 0) & taken:
        return "held"
    if calendars.busy.on_the_way.get(one.key, 0) & taken:
        return "travel"
    if off & taken:
        return "off"
    if not one.known:
        return "nobody"
    return "unknown" if one.key in calendars.busy.unknown else None


async def titles_of(
    reading: Reading, actor: Actor, meeting_id: str, people: Collection[str], spans: Mapping[int, Span]
) -> Mapping[tuple[int, str], str]:
    """What keeps these people during each span, by (its key, person), of what the actor may know of. `meeting_id`: the one planned."""
    if not people:
        return {}
    m, p = meetings.c, participants.c
    near = sa.or_(*(sa.and_(m.starts_at < b, m.ends_at > a) for a, b in spans.values()))
    coming = sa.and_(p.person_id.in_(people), ~p.removed, p.answer.not_in(NOT_COMING), m.id != meeting_id, m.state.in_(("invited", "live")))
    joined = meetings.join(participants, p.meeting_id == m.id)
    wanted = sa.select(p.person_id, m.title, m.starts_at, m.ends_at).select_from(joined).where(coming, near, visible(actor))
    found: dict[tuple[int, str], str] = {}
    for row in await reading.all(wanted.order_by(m.starts_at)):
        for key, (a, b) in spans.items():
            if row.starts_at < b and row.ends_at > a:
                found.setdefault((key, row.person_id), row.title)
    return found


def _span(shape: Shape, choice: Choice) -> Span:
    return shape.grid.at(choice.start), shape.grid.at(choice.start + shape.length)
