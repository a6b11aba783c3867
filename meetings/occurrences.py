"""The distances between the occurrences of a series, for each start that is looked at: the wall clock stays, so a change of the
clocks between two occurrences moves the later one by an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from . import clock
from .slots import QUARTER, Grid


def distances(grid: Grid, starts: Iterable[int], after: Sequence[int], zone: str) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Sets of the starts with the distances, in quarters, of the occurrences that come `after` so many days; 0 is the first itself."""
    found, place = defaultdict[tuple[int, ...], int](int), ZoneInfo(zone)
    for start in starts:
        first = grid.at(start)
        wall = first.astimezone(place).replace(tzinfo=None)
        found[tuple(_distance(first, wall, days, zone) for days in after)] |= 1 << start
    return tuple((mask, key) for key, mask in found.items())


def _distance(first: datetime, wall: datetime, days: int, zone: str) -> int:
    return (clock.from_local(wall + timedelta(days=days), zone) - first) // QUARTER if days else 0
