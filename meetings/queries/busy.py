"""When people, agencies and rooms are taken, and never by what: the one read about meetings that needs no right to see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from ..database import Reading, Row
from ..models.meeting import meetings, participants
from ..spans import Span, clipped, merged

LONGEST = timedelta(days=31)  # no meeting is longer: what begins earlier than that before a window is not looked at
HELD = ("invited", "live", "finished")
NOT_COMING = ("declined", "substitute")
MOST_NAMED = 10_000  # ids in one statement; more are told apart after reading


@dataclass(frozen=True, slots=True)
class Busy:
    """Busy spans by id: within the window asked for, in order, apart from each other. Who is always free is not in it."""

    people: Mapping[str, Sequence[Span]]
    agencies: Mapping[str, Sequence[Span]]
    rooms: Mapping[str, Sequence[Span]]


async def busy_spans(
    reading: Reading,
    start: datetime,
    end: datetime,
    *,
    people: Collection[str] = (),
    agencies: Collection[str] = (),
    rooms: Collection[str] = (),
    apart_from: Collection[str] = (),
) -> Busy:
    """Of those asked for, in two queries however many they are. `apart_from`: meetings that do not count, such as the one planned.

    A person is busy with what he is invited to and has not declined or left to a substitute; an agency with what it hosts and what
    its people are busy with; a room with what is held in it. Drafts and cancelled meetings keep nobody busy.
    """
    held = [row for row in await _held(reading, start, end) if row.id not in apart_from]
    spans = {row.id: _span(row) for row in held}
    of_people, of_agencies, of_rooms = _Gathered(people), _Gathered(agencies), _Gathered(rooms)
    for row in held:
        of_rooms.add(row.room_id, spans[row.id])
        of_agencies.add(row.host_agency_id, spans[row.id])
    for row in await _coming(reading, start, end, people, agencies) if people or agencies else ():
        if span := spans.get(row.meeting_id):
            of_people.add(row.person_id, span)
            of_agencies.add(row.agency_id, span)
    return Busy(*(one.joined(start, end) for one in (of_people, of_agencies, of_rooms)))


class _Gathered:
    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted, self._found = frozenset(wanted), defaultdict[str, list[Span]](list)

    def add(self, key: str | None, span: Span) -> None:
        if key in self._wanted and key is not None:
            self._found[key].append(span)

    def joined(self, start: datetime, end: datetime) -> dict[str, Sequence[Span]]:
        joined = {key: merged(clipped(spans, start, end)) for key, spans in self._found.items()}
        return {key: spans for key, spans in joined.items() if spans}


def _span(row: Row) -> Span:
    """Who came out early is free again; who sits longer than planned was not known to."""
    early = row.ended_at is not None and row.starts_at <= row.ended_at < row.ends_at
    return row.starts_at, row.ended_at if early else row.ends_at


def _within(start: datetime, end: datetime) -> sa.ColumnElement[bool]:
    near = meetings.c.starts_at.between(start - LONGEST, end)
    return sa.and_(meetings.c.state.in_(HELD), near, meetings.c.starts_at < end, meetings.c.ends_at > start)


async def _held(reading: Reading, start: datetime, end: datetime) -> Sequence[Row]:
    columns = (meetings.c.id, meetings.c.host_agency_id, meetings.c.room_id)
    times = (meetings.c.starts_at, meetings.c.ends_at, meetings.c.ended_at)
    return await reading.all(sa.select(*columns, *times).where(_within(start, end)))


async def _coming(
    reading: Reading, start: datetime, end: datetime, people: Collection[str], agencies: Collection[str]
) -> Sequence[Row]:
    """(meeting_id, person_id, agency_id). Times are not read here again: that would be most of the work."""
    p = participants.c
    coming = sa.and_(_within(start, end), ~p.removed, p.answer.not_in(NOT_COMING))
    if len(people) + len(agencies) <= MOST_NAMED:
        coming = sa.and_(coming, sa.or_(p.person_id.in_(list(people)), p.agency_id.in_(list(agencies))))
    joined = participants.join(meetings, meetings.c.id == p.meeting_id)
    return await reading.all(sa.select(p.meeting_id, p.person_id, p.agency_id).select_from(joined).where(coming))
