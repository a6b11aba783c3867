"""Finding a time: who is free when, and which starts suit best. Pure; everything is quarter-hours of a grid as bits of integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .mask_sums import MaskSums
from .slots import Grid, spread, widened

Order = Literal["fewest", "earliest", "calmest"]
Why = Literal["busy", "off", "unknown"]
ORDERS: tuple[Order, ...] = ("fewest", "earliest", "calmest")


@dataclass(frozen=True, slots=True)
class Line:
    """One calendar. `busy`: taken; `off`: outside its hours. `unknown`: nobody knows when it is taken, so it is never free. Who comes for
    a part alone is needed for `length` quarters (0: the whole) from `offset` after the start."""

    key: str
    busy: int = 0
    off: int = 0
    unknown: bool = False
    required: bool = True
    weight: int = 1
    offset: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What is looked for: `length` quarters from each start, at every one of the distances (in quarters) that belong to that start.

    `starts` is disjoint sets of starts with the distances of their occurrences: more than one set only where a change of
    the clocks lies between occurrences. `near`: quarters before and after another appointment that make it a tight one; for
    those just outside the grid to count, let the grid reach so far beyond the starts.
    """

    grid: Grid
    length: int
    starts: tuple[tuple[int, tuple[int, ...]], ...]
    near: int = 0

    @classmethod
    def once(cls, grid: Grid, length: int, starts: int, near: int = 0) -> Shape:
        return cls(grid, length, ((starts, (0,)),), near)

    def fitting(self) -> int:
        """The starts from which every occurrence lies within the grid."""
        found = 0
        for starts, distances in self.starts:
            last = self.grid.count - self.length - max(distances)
            found |= starts & ((1 << (last + 1)) - 1) if last >= 0 else 0
        return found

    def hit(self, mask: int, offset: int = 0, length: int = 0) -> int:
        """The starts from which some quarter of some occurrence, or of that part of it, is in the mask."""
        from_start, found = spread(mask, length or self.length) >> offset, 0
        for starts, distances in self.starts:
            moved = 0
            for distance in distances:
                moved |= from_start >> distance
            found |= moved & starts
        return found


@dataclass(frozen=True, slots=True)
class Missing:
    key: str
    why: Why


@dataclass(frozen=True, slots=True)
class Choice:
    """A start, who would be missing and why, who comes from or goes to another appointment, and the rooms that are free."""

    start: int
    missing: tuple[Missing, ...]
    tight: tuple[str, ...]
    rooms: tuple[str, ...]


class Search:
    """All lines counted once; `best` may then be asked for each order."""

    def __init__(self, shape: Shape, lines: Sequence[Line], rooms: Sequence[Line] = ()) -> None:
        self._shape, self._lines, self._rooms = shape, lines, rooms
        self._needed, self._others, self._moved, self._unsure, self._tight = (MaskSums() for _ in range(5))
        self.fitting = shape.fitting() & self._room_free()
        for line in lines:
            self._count(line)

    def _room_free(self) -> int:
        """The starts with at least one of the rooms; all where no room is looked for."""
        free = 0 if self._rooms else -1
        for room in self._rooms:
            free |= ~self._shape.hit(room.busy | room.off) if not room.unknown else 0
        return free

    def _count(self, line: Line) -> None:
        part = line.offset, line.length
        busy = self._shape.hit(line.busy, *part)
        absent = busy | self._shape.hit(line.off, *part) if line.off else busy
        (self._needed if line.required else self._others).add(absent, line.weight)
        self._moved.add(busy, line.weight)
        if line.unknown:
            self._unsure.add(self.fitting & ~absent, line.weight)
        if self._shape.near and line.busy:
            self._tight.add(self._shape.hit(widened(line.busy, self._shape.near), *part) & ~absent, line.weight)

    def best(self, order: Order, most: int = 5) -> list[Choice]:
        """The best starts by that order, none of which overlaps another; fewer where there are no more."""
        left = self.fitting
        found: list[Choice] = []
        while left and len(found) < most:
            start = self._first(left, order)
            found.append(self.choice(start))
            near = ((1 << (2 * self._shape.length - 1)) - 1) << start >> (self._shape.length - 1)
            left &= ~near
        return found

    def _first(self, among: int, order: Order) -> int:
        ranks = {
            "earliest": (self._needed,),
            "fewest": (self._needed, self._others, self._unsure, self._tight),
            "calmest": (self._moved, self._tight, self._needed, self._others, self._unsure),
        }
        for sums in ranks[order]:
            among = sums.least(among)
        return (among & -among).bit_length() - 1

    def choice(self, start: int) -> Choice:
        whole = occupied(self._shape, start)
        missing, tight = [], []
        for line in self._lines:
            taken = occupied(self._shape, start, line.offset, line.length) if line.length else whole
            why = _why(line, taken)
            if why is not None:
                missing.append(Missing(line.key, why))
            if why in (None, "unknown") and line.busy & widened(taken, self._shape.near):
                tight.append(line.key)
        free = (room.key for room in self._rooms if _why(room, whole) is None)
        return Choice(start, tuple(missing), tuple(tight), tuple(free))


def occupied(shape: Shape, start: int, offset: int = 0, length: int = 0) -> int:
    """The quarters that the meeting takes from this start, or that part of it."""
    one, found = ((1 << (length or shape.length)) - 1) << offset, 0
    for starts, distances in shape.starts:
        if starts >> start & 1:
            for distance in distances:
                found |= one << (start + distance)
    return found


def _why(line: Line, taken: int) -> Why | None:
    if line.busy & taken:
        return "busy"
    if line.off & taken:
        return "off"
    return "unknown" if line.unknown else None
