"""Who is there: check-in by oneself, roll call by chair or secretary, leaving, and whether the meeting has its quorum. Each
time that somebody is there is a row of `stays`, so that it can be said who was present at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict
from .models.columns import new_id
from .models.meeting import participants, stays
from .models.room import roll
from .roll_call import PRESENT
from .standing import Standing, require_open
from .text import Id, OptionalLine
from .views import announce

OPENS_BEFORE = timedelta(hours=2)
How = Literal["self", "roll", "door", "site"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(MeetingCommand):
    mode: Literal["room", "online"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveMeeting(MeetingCommand):
    """Goes before the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAttendance(MeetingCommand):
    """`absence` and `reason`: with or without leave, of whoever is absent; also after the end, until the minutes are approved.
    "mistaken": was never there, an earlier mark was wrong."""

    participant_id: Id
    attendance: Literal["room", "online", "absent", "mistaken"]
    absence: Literal["", "excused", "unexcused"] = ""
    reason: OptionalLine = ""


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


def require_check_in(tx: Transaction, meeting: Row | None) -> None:
    """Raises Conflict before check-in opens and after the end."""
    if meeting is None or meeting.state not in ("invited", "live"):
        raise Conflict("check_in_closed")
    if meeting.state == "invited" and tx.now < meeting.starts_at - OPENS_BEFORE:
        raise Conflict("check_in_closed")


async def check_in(tx: Transaction, by: Standing, command: CheckIn) -> Answer:
    require_check_in(tx, by.meeting)
    if by.me is not None:
        await mark(tx, by.me, command.mode, "self")
    return None


async def leave_meeting(tx: Transaction, by: Standing, command: LeaveMeeting) -> Answer:
    require_open(by, "meeting_not_live")
    if by.me is not None and by.me.attendance in PRESENT:  # else what was marked of an absence stands
        await mark(tx, by.me, "absent", "self")
    return None


async def mark_attendance(tx: Transaction, by: Standing, command: MarkAttendance) -> Answer:
    here = participants.c.meeting_id == command.meeting_id
    row = await tx.one(sa.select(participants).where(here, participants.c.id == command.participant_id, ~participants.c.removed))
    held = by.meeting is not None and by.meeting.state in ("invited", "live")
    if not held and not _may_still_explain(by, row, command):
        raise Conflict("check_in_closed")
    if command.attendance == "mistaken":
        await _undo(tx, row)
    else:
        absent = command.attendance == "absent"
        await mark(tx, row, command.attendance, "roll", why=(command.absence, command.reason) if absent else ("", ""))
    return None


async def mark(
    tx: Transaction, row: Row, attendance: str, how: How, *, why: tuple[str, str] = ("", ""), door_step: int | None = None
) -> None:
    """One person now is in the room, online or absent; `why`: with or without leave, and the reason."""
    values: dict[str, object] = {"absence": why[0], "absence_reason": why[1]}
    if row.attendance != attendance:
        await end_stays(tx, [row.id])
        values["attendance"] = attendance
        if attendance in PRESENT:
            values |= {"arrived_at": row.arrived_at or tx.now, "left_at": None}
            await tx.insert(
                stays, id=new_id(), meeting_id=row.meeting_id, participant_id=row.id, mode=attendance, how=how, came_at=tx.now,
                door_step=door_step,
            )  # fmt: skip
        else:
            values["left_at"] = tx.now
    elif why == (row.absence, row.absence_reason):
        return
    await tx.update(participants, row.id, **values)
    await announce(tx, "participant", [row.id])


async def end_stays(tx: Transaction, participant_ids: Sequence[str]) -> None:
    """These are no longer there: by leaving, or because they are no longer invited."""
    open_ones = sa.and_(stays.c.participant_id.in_(participant_ids), stays.c.left_at.is_(None))
    await tx.write(sa.update(stays).where(open_ones).values(left_at=tx.now))


def _may_still_explain(by: Standing, row: Row, command: MarkAttendance) -> bool:
    """After the end: why somebody who did not come was away, while the minutes are open."""
    finished = by.meeting is not None and by.meeting.state == "finished" and by.meeting.minutes_state == "open"
    return finished and command.attendance == "absent" and row.attendance == "absent"


async def _undo(tx: Transaction, row: Row) -> None:
    if await tx.first(sa.select(roll.c.ballot_id).where(roll.c.participant_id == row.id)):
        raise Conflict("on_a_roll")
    await tx.write(sa.delete(stays).where(stays.c.participant_id == row.id))
    await tx.update(participants, row.id, attendance="absent", arrived_at=None, left_at=None, absence="", absence_reason="")
    await announce(tx, "participant", [row.id])
