"""When an agency works: its hours on working days, with the public holidays of Vietnam and the days that were swapped. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from . import clock
from .spans import Span

MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Hours:
    """`parts`: of a working day, on the wall clock, in order; lunch lies between them. `days`: 0 is Monday."""

    parts: tuple[tuple[time, time], ...]
    days: frozenset[int] = MONDAY_TO_FRIDAY


USUAL = Hours(((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))))


@dataclass(frozen=True, slots=True)
class Days:
    """Whether a day is worked. `marked`: what was entered by hand (True: worked), which has the last word."""

    marked: Mapping[date, bool]

    def works(self, day: date, weekdays: frozenset[int] = MONDAY_TO_FRIDAY) -> bool:
        if day in self.marked:
            return self.marked[day]
        known = _known(day.year)
        return day in known.swapped_in or (day.weekday() in weekdays and day not in known.off)


ORDINARY = Days({})


def holiday(day: date) -> bool:
    """Whether it is a public holiday of Vietnam, or a day off instead of one."""
    return day in _known(day.year).off


@dataclass(frozen=True, slots=True)
class _Year:
    off: Mapping[date, str]
    swapped_in: frozenset[date]  # weekend days that are worked instead of another day


@dataclass(frozen=True, slots=True)
class Working:
    """When one agency works."""

    hours: Hours = USUAL
    days: Days = ORDINARY


@dataclass(frozen=True, slots=True)
class PublicDay:
    day: date
    name: str
    works: bool


def public_days(year: int, language: str) -> list[PublicDay]:
    """The public holidays of a year, and the days that are worked instead, in order."""
    named = holidays.country_holidays("VN", years=year, language="vi" if language == "vi" else "en_US")
    found = [PublicDay(day, name, works=False) for day, name in named.items()]
    found += [PublicDay(day, "", works=True) for day in _known(year).swapped_in]
    return sorted(found, key=lambda one: one.day)


@cache
def _known(year: int) -> _Year:
    of_year = holidays.country_holidays("VN", years=year)
    return _Year(of_year, frozenset(day for day in of_year.weekend_workdays if day.year == year))


def worked(hours: Hours, days: Days, start: datetime, end: datetime, zone: str = clock.HOME_ZONE, *, lunch: bool = True) -> list[Span]:
    """The working time that touches [start, end), as instants; parts of a day are kept whole. Not `lunch`: nor is there a break."""
    first, last = clock.local(start, zone).date(), clock.local(end, zone).date()
    parts = hours.parts if lunch else ((hours.parts[0][0], hours.parts[-1][1]),)
    found = (_part(day, part, zone) for day in _from_to(first, last) if days.works(day, hours.days) for part in parts)
    return [span for span in found if span[0] < end and span[1] > start]


def _part(day: date, part: tuple[time, time], zone: str) -> Span:
    a, b = part
    return clock.from_local(datetime.combine(day, a), zone), clock.from_local(datetime.combine(day, b), zone)


def _from_to(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def hours_of(text: Sequence[str], days: Iterable[int] = MONDAY_TO_FRIDAY) -> Hours:
    """From `07:30-11:30` and the like. Raises ValueError where there is none, or one is not in order or begins before the last one ends."""
    parts: list[tuple[time, time]] = []
    for one in text:
        a, _, b = one.partition("-")
        part = time.fromisoformat(a.strip()), time.fromisoformat(b.strip())
        if part[0] >= part[1] or (parts and part[0] < parts[-1][1]):
            raise ValueError(one)
        parts.append(part)
    if not parts:
        raise ValueError(text)
    return Hours(tuple(parts), frozenset(days))
