"""Another time or another room, where the wished one is taken. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta

from . import clock
from .slots import QUARTER
from .spans import Span
from .working_time import ORDINARY

EARLIEST, LATEST = time(7), time(18)  # what is proposed begins and ends within them, unless the wish itself does not
DAYS = 14  # how far on a free time is looked for


def next_free(
    taken: Sequence[Span], start: datetime, end: datetime, now: datetime, zone: str, fits: Callable[[datetime, datetime], bool]
) -> list[Span]:
    """Up to three free spans as long as the wished one: the nearest before and after it on its day, then at its hour on one of the
    next working days. `taken`: from the wish's day on, in order, apart from each other. `fits`: whether a span will do otherwise."""

    def free(span: Span) -> bool:
        return span[0] > now and not any(a < span[1] and span[0] < b for a, b in taken) and fits(*span)

    same = [span for span in _same_day(start, end, zone) if free(span)]
    before = [span for span in same if span[0] < start][-1:]
    after = [span for span in same if span[0] > start][:1]
    later = [span for span in _next_days(start, end, zone) if free(span)]
    return sorted([*before, *after, *later[: 3 - len(before) - len(after)]])


def _same_day(start: datetime, end: datetime, zone: str) -> Iterator[Span]:
    day = clock.local(start, zone).date()
    first = min(clock.from_local(datetime.combine(day, EARLIEST), zone), start)
    last = max(clock.from_local(datetime.combine(day, LATEST), zone), end)
    while first + (end - start) <= last:
        yield first, first + (end - start)
        first += QUARTER


def _next_days(start: datetime, end: datetime, zone: str) -> Iterator[Span]:
    wall = clock.local(start, zone)
    for n in range(1, DAYS):
        day = wall.date() + timedelta(days=n)
        if ORDINARY.works(day):
            first = clock.from_local(datetime.combine(day, wall.time()), zone)
            yield first, first + (end - start)
