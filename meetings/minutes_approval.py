"""Approving the minutes: chair and secretary, each once, of the same text. Then that text is kept as it is, whatever becomes of
names, agencies or templates later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Reading, Transaction
from .errors import Conflict
from .minutes_document import document_of, sha256_of
from .models.meeting import meetings
from .models.minutes import approved_minutes, minutes_approvals
from .standing import Standing
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveMinutes(MeetingCommand):
    """`sha256`: the digest of the minutes as the approver read them."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = field()


async def approve_minutes(tx: Transaction, by: Standing, command: ApproveMinutes) -> Answer:
    """When both approved the same text, the minutes are locked."""
    if by.meeting is None or by.me is None or by.meeting.state != "finished":
        raise Conflict("meeting_not_finished")
    if by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    document = await document_of(tx, command.meeting_id)
    if command.sha256 != sha256_of(document):
        raise Conflict("minutes_changed")
    approval = {
        "meeting_id": command.meeting_id, "duty": by.me.duty, "participant_id": by.me.id, "sha256": command.sha256,
        "approved_at": tx.now,
    }  # fmt: skip
    await tx.upsert(minutes_approvals, [approval], key=["meeting_id", "duty"])
    both = await approvals(tx, command.meeting_id, command.sha256)
    if {"chair", "secretary"} <= both.keys():
        await tx.insert(approved_minutes, meeting_id=command.meeting_id, sha256=command.sha256, document=document, locked_at=tx.now)
        await tx.update(meetings, command.meeting_id, minutes_state="approved", minutes_approved_at=tx.now)
    await announce(tx, "meeting", [command.meeting_id])
    return {"approved": sorted(both)}


async def approvals(reading: Reading, meeting_id: str, sha256: str) -> dict[str, Any]:
    """Approvals (rows) of exactly this text, by duty. Of minutes that the first version locked, which kept no document: those that
    locked them, whatever the digest was made of then."""
    kept = sa.exists().where(approved_minutes.c.meeting_id == meeting_id)
    locked = sa.exists().where(meetings.c.id == meeting_id, meetings.c.minutes_state == "approved")
    same = sa.or_(minutes_approvals.c.sha256 == sha256, sa.and_(locked, ~kept))
    mine = sa.and_(minutes_approvals.c.meeting_id == meeting_id, same)
    return {row.duty: row for row in await reading.all(sa.select(minutes_approvals).where(mine))}
