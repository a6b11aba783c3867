"""Days of a calendar: which a view shows, what stands on each, beside what, and whose appointments clash. Pure; times are local."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal, get_args

View = Literal["week", "day", "month", "list"]
VIEWS = get_args(View)
LIST_DAYS = 30
MOST_LANES = 3  # beside each other on one day; what is more crowded is drawn as a list
HOURS = (7, 18)  # shown at least


@dataclass(frozen=True, slots=True)
class Window:
    """Days [first, end) of a view; `before` and `after`: a day of the view to either side."""

    view: View
    day: date
    first: date
    end: date
    before: date
    after: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]


def window(view: View, day: date) -> Window:
    """A month is shown in whole weeks, from Monday on."""
    if view == "month":
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
        before = (first - timedelta(days=1)).replace(day=1)
        last = after - timedelta(days=1)
        return Window(view, day, monday(first), monday(last) + timedelta(days=7), before, after)
    length = {"week": 7, "day": 1, "list": LIST_DAYS}[view]
    begin = monday(day) if view == "week" else day
    step = timedelta(days=length)
    return Window(view, day, begin, begin + step, begin - step, begin + step)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Placed:
    """`what`, as far as it lies on one day. `lane` of `lanes`, counted from 0: beside what overlaps it. `at`, `quarters`: where it
    begins and how long it is, in quarter-hours from the first hour shown."""

    what: Any
    start: datetime
    end: datetime
    lane: int = 0
    lanes: int = 1
    at: int = 0
    quarters: int = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """Days in order, and the hours [first, last) that all of them show."""

    days: Mapping[date, Sequence[Placed]]
    first: int
    last: int

    @property
    def crowded(self) -> bool:
        return any(one.lanes > MOST_LANES for some in self.days.values() for one in some)


def drawn(spans: Iterable[tuple[datetime, datetime, Any]], days: Sequence[date]) -> Drawn:
    """`spans`: (start, end, what), naive on the wall clock. What lasts over midnight stands on each of its days."""
    found: dict[date, list[Placed]] = {day: [] for day in days}
    for start, end, what in sorted(spans, key=lambda span: span[:2]):
        for day in found:
            begin = datetime.combine(day, time())
            a, b = max(start, begin), min(end, begin + timedelta(days=1))
            if a < b:
                found[day].append(Placed(what, a, b))
    first, last = HOURS
    for day, some in found.items():
        midnight = datetime.combine(day + timedelta(days=1), time())
        first = min([first, *(one.start.hour for one in some)])
        last = max([last, *(24 if one.end == midnight else one.end.hour + bool(one.end.minute) for one in some)])
    return Drawn({day: [one for group in _touching(some) for one in _beside(group, first)] for day, some in found.items()}, first, last)


def _touching(some: Sequence[Placed]) -> list[list[Placed]]:
    """Groups of which none overlaps another, of what begins in order."""
    groups: list[list[Placed]] = []
    for one in some:
        if not groups or all(before.end <= one.start for before in groups[-1]):
            groups.append([])
        groups[-1].append(one)
    return groups


def _beside(group: Sequence[Placed], first: int) -> list[Placed]:
    ends: list[datetime] = []
    lanes = []
    for one in group:
        free = next((n for n, end in enumerate(ends) if end <= one.start), len(ends))
        ends[free : free + 1] = [one.end]
        lanes.append(free)
    return [
        Placed(one.what, one.start, one.end, lane, len(ends), (one.start.hour - first) * 4 + one.start.minute // 15,
               max(1, -(-int((one.end - one.start).total_seconds()) // 900)))
        for one, lane in zip(group, lanes, strict=True)
    ]  # fmt: skip


def clashes(spans: Iterable[tuple[datetime, datetime, Any]]) -> list[tuple[Any, Any]]:
    """Pairs of one person's appointments that overlap, each with the one of those before it that lasts longest."""
    found = []
    ordered = sorted(spans, key=lambda span: span[:2])
    longest = ordered[:1]
    for _, after in pairwise(ordered):
        if after[0] < longest[0][1]:
            found.append((longest[0][2], after[2]))
        if after[1] > longest[0][1]:
            longest = [after]
    return found
