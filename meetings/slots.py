"""Time as quarter-hours of a grid, and sets of them as bits of one integer: bit n is the n-th quarter after the grid's start."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .spans import Span

QUARTER = timedelta(minutes=15)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Grid:
    """`count` quarter-hours from `start`, which is an aware instant at a full quarter."""

    start: datetime
    count: int

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Grid:
        """The grid that holds [start, end): begun and unfinished quarters are in it."""
        first = begun(start)
        return cls(first, max(0, -((first - end) // QUARTER)))

    @property
    def all(self) -> int:
        return (1 << self.count) - 1

    def at(self, slot: int) -> datetime:
        return self.start + slot * QUARTER

    def touched(self, spans: Iterable[Span]) -> int:
        """The quarters of which any part lies in one of the spans."""
        found, start, count = 0, self.start, self.count
        for a, b in spans:
            first, last = max(0, (a - start) // QUARTER), min(count, -((start - b) // QUARTER))
            if first < last and a < b:
                found |= ((1 << (last - first)) - 1) << first
        return found

    def whole(self, spans: Iterable[Span]) -> int:
        """The quarters that lie entirely in one of the spans."""
        found, start, count = 0, self.start, self.count
        for a, b in spans:
            first, last = max(0, -((start - a) // QUARTER)), min(count, (b - start) // QUARTER)
            if first < last:
                found |= ((1 << (last - first)) - 1) << first
        return found


def begun(at: datetime) -> datetime:
    """The full quarter at or before `at`."""
    return at - (at - _FIRST) % QUARTER


def over(at: datetime) -> datetime:
    """The full quarter at or after `at`."""
    return at + (_FIRST - at) % QUARTER


def numbers(start: datetime, end: datetime) -> range:
    """The quarter-hours of which any part lies in [start, end), counted from 1970 in UTC."""
    return range((start - _FIRST) // QUARTER, -((_FIRST - end) // QUARTER))


def widened(mask: int, slots: int) -> int:
    """With `slots` quarters more before and after each of them; what falls before the grid is lost."""
    return spread(mask << slots, 2 * slots + 1) if slots and mask else mask


def spread(mask: int, length: int) -> int:
    """The starts from which `length` quarters would touch the mask: the union of the mask moved back by 0 to length - 1."""
    done = 1
    while done < length:
        step = min(done, length - done)
        mask |= mask >> step
        done += step
    return mask
