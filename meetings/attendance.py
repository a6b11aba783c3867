"""Who is there: check-in by oneself, roll call by chair or secretary, leaving, and whether the meeting has its quorum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict
from .models.meeting import participants
from .standing import Standing
from .text import Id
from .views import announce

OPENS_BEFORE = timedelta(hours=2)
PRESENT = ("room", "online")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(MeetingCommand):
    mode: Literal["room", "online"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveMeeting(MeetingCommand):
    """Goes before the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAttendance(MeetingCommand):
    participant_id: Id
    attendance: Literal["room", "online", "absent"]


@dataclass(frozen=True, slots=True)
class Quorum:
    """Present of all who vote, against the share that the body's rules ask for."""

    members: int
    present: int
    needed: int

    @property
    def reached(self) -> bool:
        return self.present >= self.needed


def quorum(members: int, present: int, num: int, den: int) -> Quorum:
    """`num/den` of all members, rounded up: two thirds of 27 are 18, of 10 are 7."""
    return Quorum(members, present, -(-members * num // den) if den else 0)


def quorum_of(rows: Iterable[Row], num: int, den: int) -> Quorum:
    """Counted over the participants' rows; those without a vote (guests, substitutes) do not count."""
    voters = [row for row in rows if row.votes and not row.removed]
    return quorum(len(voters), sum(row.attendance in PRESENT for row in voters), num, den)


async def check_in(tx: Transaction, by: Standing, command: CheckIn) -> Answer:
    meeting = by.meeting
    early = meeting is None or (meeting.state == "invited" and tx.now < meeting.starts_at - OPENS_BEFORE)
    if meeting is None or meeting.state not in ("invited", "live") or early:
        raise Conflict("check_in_closed")
    await _mark(tx, by.me, command.mode)
    return None


async def leave_meeting(tx: Transaction, by: Standing, command: LeaveMeeting) -> Answer:
    if by.meeting is None or by.meeting.state not in ("invited", "live"):
        raise Conflict("meeting_not_live")
    await _mark(tx, by.me, "absent")
    return None


async def mark_attendance(tx: Transaction, by: Standing, command: MarkAttendance) -> Answer:
    if by.meeting is None or by.meeting.state not in ("invited", "live"):
        raise Conflict("check_in_closed")
    here = participants.c.meeting_id == command.meeting_id
    row = await tx.one(sa.select(participants).where(here, participants.c.id == command.participant_id, ~participants.c.removed))
    await _mark(tx, row, command.attendance)
    return None


async def _mark(tx: Transaction, row: Row | None, attendance: str) -> None:
    if row is None or row.attendance == attendance:
        return
    values: dict[str, object] = {"attendance": attendance}
    if attendance == "absent":
        values["left_at"] = tx.now
    else:
        values |= {"arrived_at": row.arrived_at or tx.now, "left_at": None}
    await tx.update(participants, row.id, **values)
    await announce(tx, "participant", [row.id])
