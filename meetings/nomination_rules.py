"""How far an agency is with naming whom it sends, until when it may, and when it is reminded. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from .database import Row

State = Literal["declined", "full", "late", "part", "asked"]
BEFORE_START = timedelta(days=1)  # where the form names no deadline
LEAST = timedelta(hours=2)  # after the asking, so that somebody can read it
AHEAD = timedelta(days=1)  # the reminder comes so long before the deadline
QUIET = timedelta(hours=6)  # whoever was told less than this ago is left in peace
AGAIN = timedelta(minutes=10)  # between two reminders by hand


def state_of(nomination: Row, named: int, now: datetime) -> State:
    """`named`: how many the agency sends so far."""
    if nomination.state == "declined":
        return "declined"
    if named >= nomination.seats:
        return "full"
    if now >= nomination.deadline_at:
        return "late"
    return "part" if named else "asked"


def deadline(wanted: datetime | None, starts_at: datetime, now: datetime) -> datetime:
    """As the form says, or a day before the start; never after the start."""
    return wanted or min(max(starts_at - BEFORE_START, now + LEAST), starts_at)


def due(nomination: Row, named: int, told_at: datetime | None, now: datetime) -> Literal["before", "after"] | None:
    """Which reminder is to be made now: one while the deadline is near, one once it is over; each once for each deadline."""
    until = nomination.deadline_at
    if state_of(nomination, named, now) in ("declined", "full") or told_at is None:
        return None
    if now >= until:
        return "after" if nomination.reminded_after != until else None
    near = until - AHEAD <= now and now - told_at >= QUIET
    return "before" if near and nomination.reminded_before != until else None
