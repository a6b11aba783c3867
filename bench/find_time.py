"""Finding a time for 300 and for 5,000 people over four weeks, beside going through everybody's appointments for every start."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from meetings import clock
from meetings.availability import ORDERS, Line, Search, Shape
from meetings.slots import QUARTER, Grid
from meetings.spans import Span
from meetings.working_time import ORDINARY, USUAL, worked

from .figures import Figure

START = clock.from_local(datetime(2026, 11, 30), clock.HOME_ZONE)  # noqa: DTZ001 - on the wall clock of that zone
WEEKS, APPOINTMENTS, LENGTH = 4, 30, 6  # appointments a person; length in quarter-hours
GOALS = {300: 100.0, 5000: 1000.0}


def calendars(people: int) -> list[list[Span]]:
    dice, found = random.Random(7), []
    for _ in range(people):
        begins = (START + timedelta(days=dice.randrange(WEEKS * 7), minutes=15 * dice.randrange(28, 68)) for _ in range(APPOINTMENTS))
        found.append([(begin, begin + QUARTER * dice.randrange(2, 9)) for begin in begins])
    return found


def by_masks(busy: Sequence[Sequence[Span]], open_: Sequence[Span]) -> tuple[int, int]:
    """(the best start, how many are missing), with all three orders asked for, from the appointments on."""
    grid = Grid.between(START, START + timedelta(weeks=WEEKS))
    at_work = grid.whole(open_)
    lines = [Line(str(n), grid.touched(spans)) for n, spans in enumerate(busy)]
    search = Search(Shape.once(grid, LENGTH, _begins(at_work)), lines)
    best = {order: search.best(order) for order in ORDERS}["fewest"][0]
    return best.start, len(best.missing)


def _begins(at_work: int) -> int:
    """The starts from which the whole meeting lies in working time."""
    found = at_work
    for step in range(1, LENGTH):
        found &= at_work >> step
    return found


def naively(busy: Sequence[Sequence[Span]], open_: Sequence[Span]) -> tuple[int, int]:
    best = (len(busy) + 1, 0)
    for start in range(WEEKS * 7 * 96):
        begin = START + start * QUARTER
        end = begin + LENGTH * QUARTER
        if any(a <= begin and end <= b for a, b in open_):
            best = min(best, (sum(any(a < end and begin < b for a, b in spans) for spans in busy), start))
    return best[1], best[0]


async def run() -> list[Figure]:
    open_, figures = worked(USUAL, ORDINARY, START, START + timedelta(weeks=WEEKS)), []
    for people, goal in GOALS.items():
        busy = calendars(people)
        took, found = _timed(by_masks, busy, open_)
        slow, same = _timed(naively, busy, open_)
        assert found == same
        label = f"find_time, {people:,} people"
        figures += [
            Figure(label, took * 1000, "ms", "three orders, from appointments to five starts each", goal, less=True),
            Figure(f"{label}: naive / ours", slow / took, "times", f"every start with every appointment, {slow:,.2f} s"),
        ]
    return figures


def _timed(work, busy, open_):
    started = time.perf_counter()
    found = work(busy, open_)
    return time.perf_counter() - started, found
