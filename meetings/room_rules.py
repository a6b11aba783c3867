"""What a room is for and who may have it when. Pure; `room` is a row of `rooms`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, get_args

from . import clock
from .database import Row

Equipment = Literal["screen", "video", "microphones", "sound", "interpretation", "recording", "whiteboard", "step_free"]
EQUIPMENT: tuple[Equipment, ...] = get_args(Equipment)
# Whoever plans books it; its own agency does, others ask; everybody asks; its own agency alone.
Booking = Literal["open", "own", "ask", "closed"]
BOOKING: tuple[Booking, ...] = get_args(Booking)
How = Literal["direct", "ask", "never"]


def how(room: Row, host_agency_id: str, start: datetime, end: datetime) -> How:
    """How a meeting of this agency has the room. Outside its opening hours everybody asks: an urgent meeting may need it at night."""
    own = room.agency_id == host_agency_id
    if room.booking == "closed" and not own:
        return "never"
    asks = room.booking == "ask" or (room.booking == "own" and not own)
    return "ask" if asks or not is_open(room, start, end) else "direct"


def is_open(room: Row, start: datetime, end: datetime, zone: str = clock.HOME_ZONE) -> bool:
    """Whether the time begins and ends within its opening hours and touches no day on which it is closed."""
    first, last = clock.local(start, zone), clock.local(end - timedelta(microseconds=1), zone)
    days = ((first + timedelta(days=n)).weekday() for n in range((last.date() - first.date()).days + 1))
    if room.days and any(day not in room.days for day in days):
        return False
    return not room.opens or (f"{first:%H:%M}" >= room.opens and f"{last:%H:%M}" < room.closes)


def lacks(room: Row, other: Row) -> list[str]:
    """What `room` has and the other has not."""
    return [code for code in EQUIPMENT if code in room.equipment and code not in other.equipment]
