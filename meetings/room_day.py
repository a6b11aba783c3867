"""A room's day as parts that follow each other: taken, free to be booked, closed. Pure; everything is at full quarters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from . import clock
from .database import Row
from .room_rules import is_open
from .slots import QUARTER, begun, over

PIECE = timedelta(hours=2)  # what is free is offered in pieces of this length
Kind = Literal["booked", "asked", "block", "gap", "past", "shut", "free"]


@dataclass(frozen=True, slots=True)
class Part:
    start: datetime
    end: datetime
    kind: Kind
    booking: Row | None = None

    @property
    def quarters(self) -> int:
        return (self.end - self.start) // QUARTER


def window(day: datetime, bookings: Iterable[Row]) -> tuple[datetime, datetime]:
    """From six to twenty, or the whole day where somebody is there earlier or later. `day`: the midnight with which it begins."""
    first, last, end = day + timedelta(hours=6), day + timedelta(hours=20), day + timedelta(days=1)
    beyond = any((b.starts_at < first and b.free_at > day) or (b.free_at > last and b.starts_at < end) for b in bookings)
    return (day, end) if beyond else (first, last)


def parts(room: Row, bookings: Sequence[Row], start: datetime, end: datetime, now: datetime) -> list[Part]:
    """`bookings`: of this room, in order of time."""
    found: list[Part] = []
    at = start
    for booking in bookings:
        kind: Kind = "block" if booking.meeting_id is None else "asked" if booking.state == "asked" else "booked"
        first, last, free = begun(booking.starts_at), over(booking.ends_at), booking.free_at
        found += _free(room, at, min(first, end), now)
        pieces: tuple[tuple[datetime, datetime, Kind], ...] = ((first, last, kind), (last, free, "gap"))
        for a, b, what in pieces:
            a, b = max(a, at), min(b, end)
            if a < b:
                found.append(Part(a, b, what, booking))
                at = b
        at = max(at, min(first, end))
    return found + list(_free(room, at, end, now))


def _free(room: Row, start: datetime, end: datetime, now: datetime) -> Iterator[Part]:
    present = min(over(now), end)
    if start < present:
        yield Part(start, present, "past")
        start = present
    while start < end:
        upto = min(cut for cut in (end, *_cuts(room, start)) if cut > start)
        yield Part(start, upto, "free" if is_open(room, start, upto) else "shut")
        start = upto


def _cuts(room: Row, start: datetime) -> Iterator[datetime]:
    """Every second full hour, unless it is just a moment away, and where the room opens and closes."""
    wall = clock.local(start)
    midnight = clock.from_local(datetime.combine(wall.date(), time()), clock.HOME_ZONE)
    yield midnight + ((start + PIECE / 2 - midnight) // PIECE + 1) * PIECE
    for hour in filter(None, (room.opens, room.closes)):
        yield clock.from_local(datetime.combine(wall.date(), time.fromisoformat(hour)), clock.HOME_ZONE)
