"""When people, agencies and rooms are taken, and never by what: the one read about meetings that needs no right to see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa

from .. import clock
from ..database import Reading, Row
from ..item_times import item_spans
from ..meeting_form import LONGEST
from ..models.booking import room_bookings
from ..models.meeting import items, meetings, participants
from ..models.organisation import rooms as room_rows
from ..models.outside import outside_busy, outside_calendars
from ..models.poll import poll_answers, poll_slots, polls
from ..outside_calendars import STALE
from ..room_booking import GAP, TAKEN
from ..slots import Grid, begun
from ..spans import Span, clipped, merged
from ..text import fold

HELD = ("invited", "live", "finished")
NOT_COMING = ("declined", "substitute")
AROUND_AN_ITEM = timedelta(minutes=15)  # an agenda runs early or late
MOST_NAMED = 10_000  # ids in one statement; more are told apart after reading


T = TypeVar("T")
Kind = TypeVar("Kind", covariant=True)


@dataclass(frozen=True, slots=True)
class Busy(Generic[T]):
    """When somebody is taken, by id: spans within the window asked for, in order, apart from each other; or the quarters of a grid. Who is
    always free is not in it."""

    people: Mapping[str, T]
    agencies: Mapping[str, T]
    rooms: Mapping[str, T]
    unknown: frozenset[str]  # whose calendar elsewhere could not be read for long: not busy is not free
    on_the_way: Mapping[str, T]  # people, to and from where they must be in person
    held: Mapping[str, T]  # people, for times that they are asked about


@dataclass(frozen=True, slots=True)
class Travel:
    """Where the meeting that is planned is held in person (see `place_marks`), and how long one takes from anywhere else."""

    here: frozenset[str]
    time: timedelta

    def before_and_after(self, row: Row, span: Span) -> list[Span]:
        """Of one held somewhere else in person; whoever may join from where he is does not travel."""
        there = place_marks(row.room_agency, row.room_address, row.place) if row.form == "in_person" else frozenset[str]()
        if not there or not self.here or there & self.here:
            return []
        return [(span[0] - self.time, span[0]), (span[1], span[1] + self.time)]


def place_marks(room_agency: str | None, room_address: str | None, place: str) -> frozenset[str]:
    """What tells that two meetings are in one place: the agency whose room it is, or the address. Empty where nothing was said."""
    said = [room_agency, fold(room_address or ""), "" if room_agency else fold(place)]
    return frozenset(mark for mark in said if mark)


async def busy_spans(reading: Reading, start: datetime, end: datetime, **asked: Any) -> Busy[Sequence[Span]]:
    """As spans; `asked` as of `gathered`."""
    return await gathered(reading, start, end, lambda wanted: _Spans(wanted, start, end), **asked)


async def busy_masks(reading: Reading, grid: Grid, **asked: Any) -> Busy[int]:
    """As quarters of the grid, which thousands of calendars need; `asked` as of `gathered`."""
    mask = cache(lambda span: grid.touched([span]))  # of one meeting once, however many people come
    return await gathered(reading, grid.start, grid.at(grid.count), lambda wanted: _Masks(wanted, mask), **asked)


async def gathered(
    reading: Reading,
    start: datetime,
    end: datetime,
    make: Callable[[Collection[str]], _Gathered[T]],
    *,
    people: Collection[str] = (),
    agencies: Collection[str] = (),
    rooms: Collection[str] = (),
    apart_from: Collection[str] = (),
    travel: Travel | None = None,
) -> Busy[T]:
    """Of those asked for, in seven queries however many they are. `apart_from`: meetings that do not count, such as the one planned.

    A person is busy with what he is invited to and has not declined or left to a substitute, for an item alone about the time that it
    is planned for; an agency with what it hosts and what its people are busy with; a room with what it is booked for, until it can be
    had again. Drafts and cancelled meetings keep nobody busy.
    """
    held = {row.id: row for row in await _held(reading, start, end) if row.id not in apart_from}
    spans = {row.id: _span(row) for row in held.values()}
    of_people, of_agencies, of_rooms, moving = make(people), make(agencies), make(rooms), make(people)
    for row in await _booked(reading, start, end, rooms) if rooms else ():
        if row.meeting_id not in apart_from:
            of_rooms.add(row.room_id, (begun(row.starts_at), row.free_at))
    for row in held.values():
        of_agencies.add(row.host_agency_id, spans[row.id])
    coming = await _coming(reading, start, end, people, agencies) if people or agencies else ()
    alone = await _of_items(reading, held, {row.meeting_id for row in coming if row.item_id})
    for row in coming:
        if span := alone.get(row.item_id, spans.get(row.meeting_id)):
            of_people.add(row.person_id, span)
            of_agencies.add(row.agency_id, span)
            for way in travel.before_and_after(held[row.meeting_id], span) if travel else ():
                moving.add(row.person_id, way)
    for row in await _elsewhere(reading, start, end):
        for one, key in zip((of_people, of_agencies, of_rooms), (row.person_id, row.agency_id, row.room_id), strict=True):
            one.add(key, (row.starts_at, row.ends_at))
    unknown = await _unknown(reading, {*people, *agencies, *rooms})
    holding = make(people)
    for row in await _asked_about(reading, start, end) if people else ():
        if row.meeting_id not in apart_from:
            holding.add(row.person_id, (row.starts_at, row.ends_at))
    return Busy(of_people.all(), of_agencies.all(), of_rooms.all(), unknown, moving.all(), holding.all())


async def _asked_about(reading: Reading, start: datetime, end: datetime) -> Sequence[Row]:
    """Times of open polls that are held for those asked who did not say that they cannot. A hold lapses by itself."""
    s, p = poll_slots.c, participants.c
    joined = poll_slots.join(polls, polls.c.id == s.poll_id).join(participants, p.meeting_id == polls.c.meeting_id)
    answers = sa.and_(poll_answers.c.slot_id == s.id, poll_answers.c.participant_id == p.id)
    open_ = sa.and_(polls.c.state == "open", polls.c.holds, polls.c.holds_until > clock.now(), ~p.removed, p.person_id.is_not(None))
    may = sa.func.coalesce(poll_answers.c.answer, "") != "no"
    wanted = sa.select(p.meeting_id, p.person_id, s.starts_at, s.ends_at).select_from(joined.outerjoin(poll_answers, answers))
    return await reading.all(wanted.where(open_, may, s.starts_at < end, s.ends_at > start))


async def _elsewhere(reading: Reading, start: datetime, end: datetime) -> Sequence[Row]:
    """What calendars that are kept elsewhere said when they were last read."""
    c, busy = outside_calendars.c, outside_busy.c
    joined = outside_busy.join(outside_calendars, c.id == busy.calendar_id)
    times = sa.and_(busy.starts_at < end, busy.ends_at > start)
    return await reading.all(sa.select(c.person_id, c.agency_id, c.room_id, busy.starts_at, busy.ends_at).select_from(joined).where(times))


async def _unknown(reading: Reading, asked: Collection[str]) -> frozenset[str]:
    c = outside_calendars.c
    old = sa.or_(c.read_at.is_(None), c.read_at < clock.now() - STALE)
    rows = await reading.all(sa.select(c.person_id, c.agency_id, c.room_id).where(old))
    return frozenset(key for row in rows for key in row if key in asked)


async def _of_items(reading: Reading, held: Mapping[str, Row], meeting_ids: Collection[str]) -> Mapping[str | None, Span]:
    """About when each item of these meetings is, within its meeting."""
    if not meeting_ids:
        return {}
    wanted = sa.select(items.c.id, items.c.meeting_id, items.c.minutes).where(items.c.meeting_id.in_(list(meeting_ids)))
    agendas = defaultdict[str, list[tuple[str, int]]](list)
    for row in await reading.all(wanted.order_by(items.c.position)):
        agendas[row.meeting_id].append((row.id, row.minutes))
    found: dict[str | None, Span] = {}
    for meeting_id, agenda in agendas.items():
        if meeting_id in held:
            whole = _span(held[meeting_id])
            planned = item_spans(agenda, held[meeting_id].starts_at, held[meeting_id].ends_at)
            near = {key: (a - AROUND_AN_ITEM, b + AROUND_AN_ITEM) for key, (a, b) in planned.items()}
            found |= {key: (max(a, whole[0]), min(b, whole[1])) for key, (a, b) in near.items()}
    return found


class _Gathered(Protocol[Kind]):
    def add(self, key: str | None, span: Span) -> None: ...

    def all(self) -> Mapping[str, Kind]: ...


class _Spans:
    def __init__(self, wanted: Collection[str], start: datetime, end: datetime) -> None:
        self._wanted, self._found = frozenset(wanted), defaultdict[str, list[Span]](list)
        self._start, self._end = start, end

    def add(self, key: str | None, span: Span) -> None:
        if key in self._wanted and key is not None:
            self._found[key].append(span)

    def all(self) -> Mapping[str, Sequence[Span]]:
        joined = {key: merged(clipped(spans, self._start, self._end)) for key, spans in self._found.items()}
        return {key: spans for key, spans in joined.items() if spans}


class _Masks:
    def __init__(self, wanted: Collection[str], mask: Callable[[Span], int]) -> None:
        self._wanted, self._found, self._mask = frozenset(wanted), defaultdict[str, int](int), mask

    def add(self, key: str | None, span: Span) -> None:
        if key in self._wanted and key is not None:
            self._found[key] |= self._mask(span)

    def all(self) -> Mapping[str, int]:
        return self._found


def _span(row: Row) -> Span:
    """Who came out early is free again; who sits longer than planned was not known to."""
    early = row.ended_at is not None and row.starts_at <= row.ended_at < row.ends_at
    return row.starts_at, row.ended_at if early else row.ends_at


def _within(start: datetime, end: datetime) -> sa.ColumnElement[bool]:
    near = meetings.c.starts_at.between(start - LONGEST, end)
    return sa.and_(meetings.c.state.in_(HELD), near, meetings.c.starts_at < end, meetings.c.ends_at > start)


async def _held(reading: Reading, start: datetime, end: datetime) -> Sequence[Row]:
    columns = (meetings.c.id, meetings.c.host_agency_id, meetings.c.form, meetings.c.place)
    times = (meetings.c.starts_at, meetings.c.ends_at, meetings.c.ended_at)
    where = (room_rows.c.agency_id.label("room_agency"), room_rows.c.address.label("room_address"))
    joined = meetings.outerjoin(room_rows, room_rows.c.id == meetings.c.room_id)
    return await reading.all(sa.select(*columns, *times, *where).select_from(joined).where(_within(start, end)))


async def _booked(reading: Reading, start: datetime, end: datetime, rooms: Collection[str]) -> Sequence[Row]:
    b = room_bookings.c
    near = sa.and_(b.starts_at > start - LONGEST - GAP, b.starts_at < end, b.free_at > start)
    wanted = sa.select(b.room_id, b.meeting_id, b.starts_at, b.free_at)
    return await reading.all(wanted.where(near, b.room_id.in_(rooms), b.state.in_(TAKEN)))


async def _coming(
    reading: Reading, start: datetime, end: datetime, people: Collection[str], agencies: Collection[str]
) -> Sequence[Row]:
    """(meeting_id, person_id, agency_id, item_id). Times are not read here again: that would be most of the work."""
    p = participants.c
    coming = sa.and_(_within(start, end), ~p.removed, p.answer.not_in(NOT_COMING))
    if len(people) + len(agencies) <= MOST_NAMED:
        coming = sa.and_(coming, sa.or_(p.person_id.in_(list(people)), p.agency_id.in_(list(agencies))))
    joined = participants.join(meetings, meetings.c.id == p.meeting_id)
    return await reading.all(sa.select(p.meeting_id, p.person_id, p.agency_id, p.item_id).select_from(joined).where(coming))
