"""Who is free when, drawn: a line for each who would come, agency by agency; and who is not free at the time that is typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .. import clock
from ..availability import Line
from ..commands import Actor
from ..database import Reading, Row
from ..meeting_form import Raw, times_of, zone_of
from ..slots import QUARTER, Grid
from ..spans import Span
from .attendees import Attendee, Calendars, calendars_of
from .finding_time import TRAVEL, Absent, line_of, longest_part, off_mask, reason, titles_of

EARLIEST, LATEST = 7, 18  # hours of a day that are drawn at least
MOST_LINES = 400  # with more people only agencies are drawn
WEEK = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """`at` and `length`: quarters of the drawn time, all days one after the other."""

    at: int
    length: int
    kind: str


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """`off`: number of its working time in `Picture.offs`."""

    who: Attendee
    bars: Sequence[Bar]
    off: int


@dataclass(frozen=True, slots=True)
class DrawnAgency:
    """`bars`: when some of them, or all, are taken."""

    name: str
    bars: Sequence[Bar]
    off: int
    people: int
    lines: Sequence[DrawnLine]


@dataclass(frozen=True, slots=True)
class Picture:
    """`first`: hour at which each day begins; `width`: quarters of a day; `offs`: bars outside each of the working times; `typed`: the time
    in the form, where it lies within."""

    days: Sequence[date]
    first: int
    width: int
    offs: Sequence[Sequence[Bar]]
    agencies: Sequence[DrawnAgency]
    typed: Bar | None
    people: int


@dataclass(frozen=True, slots=True)
class AtTyped:
    """Who is not free at the time in the form."""

    start: datetime
    end: datetime
    attendees: int
    absent: Sequence[Absent]


async def picture_of(reading: Reading, actor: Actor, meeting: Row, form: Raw, day: date, days: int) -> tuple[Picture, AtTyped | None]:
    """For those who organise the meeting: that day, or the worked days of its week; and the typed time, wherever it lies."""
    zone, typed = zone_of(form), times_of(form)
    first = day - timedelta(days=day.weekday()) if days == WEEK else day
    start = _instant(first, 0, zone)
    travel = timedelta(minutes=TRAVEL)
    calendars = await calendars_of(reading, meeting, form, start, _instant(first + timedelta(days=days), 0, zone), travel)
    grid = calendars.grid
    shown = [first + timedelta(days=n) for n in range(days)]
    if days == WEEK:
        works = calendars.host
        on = {clock.local(one, zone).date() for one in typed or ()}
        shown = [one for one in shown if one.weekday() < 5 or works.days.works(one, works.hours.days) or one in on]
    return _draw(calendars, grid, shown, zone, typed), await _at_typed(reading, actor, meeting, form, typed, travel) if typed else None


def _instant(day: date, hour: int, zone: str) -> datetime:
    return clock.from_local(datetime.combine(day, time(hour)), zone)


def _draw(calendars: Calendars, grid: Grid, days: Sequence[date], zone: str, typed: Span | None) -> Picture:
    parts = calendars.host.hours.parts
    edges = [clock.local(one, zone) for one in typed or () if grid.start <= one < grid.at(grid.count)]
    first = min([EARLIEST, parts[0][0].hour, *(one.hour for one in edges)])
    last = max([LATEST, parts[-1][1].hour + 1, *(one.hour + 1 for one in edges)])
    frame = _Frame(grid, [(_instant(day, first, zone) - grid.start) // QUARTER for day in days], (min(last, 24) - first) * 4)
    works = list({id(one): one for one in calendars.working.values()}.values())
    place = {id(one): number for number, one in enumerate(works)}
    offs = [frame.bars(off_mask(grid, one), "outside") for one in works]
    by_agency: dict[str, list[Attendee]] = {}
    for one in calendars.attendees:
        by_agency.setdefault(one.agency_id, []).append(one)
    whole = len(calendars.attendees) <= MOST_LINES
    agencies = [
        _agency(frame, calendars, people, place[id(calendars.working[key])], whole=whole) for key, people in by_agency.items()
    ]
    chosen = frame.bars(grid.touched([typed]), "chosen") if typed else []
    return Picture(days, first, frame.width, offs, agencies, chosen[0] if chosen else None, len(calendars.attendees))


def _agency(frame: _Frame, calendars: Calendars, people: Sequence[Attendee], off: int, *, whole: bool) -> DrawnAgency:
    lines = [line_of(calendars, one, 0) for one in people]
    some, all_ = 0, frame.grid.all
    for line in lines:
        taken = frame.grid.all if line.unknown else line.busy
        some, all_ = some | taken, all_ & taken
    bars = [*frame.bars(some & ~all_, "some"), *frame.bars(all_, "busy")]
    drawn = [DrawnLine(one, _bars(frame, calendars, one, line), off) for one, line in zip(people, lines, strict=True)]
    return DrawnAgency(people[0].agency, bars, off, len(people), drawn if whole else ())


def _bars(frame: _Frame, calendars: Calendars, one: Attendee, line: Line) -> list[Bar]:
    if line.unknown:
        return frame.bars(frame.grid.all, "unknown")
    firm = calendars.busy.people.get(one.key, 0)
    held = calendars.busy.held.get(one.key, 0) & ~firm
    return [*frame.bars(firm, "busy"), *frame.bars(held, "tentative"), *frame.bars(line.busy & ~firm & ~held, "travel")]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What of the grid is drawn: `width` quarters of each day, from `starts`."""

    grid: Grid
    starts: Sequence[int]
    width: int

    def bars(self, mask: int, kind: str) -> list[Bar]:
        found = []
        for number, start in enumerate(self.starts):
            of_day = (mask >> start if start >= 0 else mask << -start) & ((1 << self.width) - 1)
            found += [Bar(number * self.width + at, length, kind) for at, length in _runs(of_day)]
        return found


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    at = 0
    while mask:
        skip = (mask & -mask).bit_length() - 1
        mask >>= skip
        length = (~mask & (mask + 1)).bit_length() - 1
        yield at + skip, length
        at, mask = at + skip + length, mask >> length


async def _at_typed(reading: Reading, actor: Actor, meeting: Row, form: Raw, typed: Span, travel: timedelta) -> AtTyped:
    start, end = typed
    calendars = await calendars_of(reading, meeting, form, start, end, travel)
    grid = calendars.grid
    lunch = end - start <= longest_part(calendars.host)
    off = {id(one): off_mask(grid, one, lunch=lunch) for one in calendars.working.values()}
    missing = []
    for one in calendars.attendees:
        begin = start + timedelta(minutes=one.offset)
        taken = grid.touched([(begin, min(end, begin + timedelta(minutes=one.length))) if one.length else typed])
        why = reason(calendars, one, taken, off[id(calendars.working[one.agency_id])])
        if why is not None:
            missing.append((one, why))
    titles = await titles_of(reading, actor, meeting.id, [one.key for one, why in missing if why == "busy"], {0: typed})
    return AtTyped(start, end, len(calendars.attendees), [Absent(one, why, titles.get((0, one.key), "")) for one, why in missing])
