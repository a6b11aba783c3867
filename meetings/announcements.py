"""Announcements to everybody in the room and on the shared screen, by those who run the meeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict
from .models.beside import announcements
from .models.columns import new_id
from .standing import Standing
from .text import Id, Paragraph
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce(MeetingCommand):
    text: Annotated[Paragraph, Field(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAnnouncement(MeetingCommand):
    announcement_id: Id


async def make_announcement(tx: Transaction, by: Standing, command: Announce) -> Answer:
    if by.meeting is None or by.me is None or by.meeting.state not in ("invited", "live"):
        raise Conflict("room_closed")
    key = new_id()
    await tx.insert(announcements, id=key, meeting_id=command.meeting_id, participant_id=by.me.id, text=command.text, made_at=tx.now)
    await announce(tx, "announcement", [key])
    return {"announcement_id": key}


async def withdraw_announcement(tx: Transaction, by: Standing, command: WithdrawAnnouncement) -> Answer:
    here = sa.and_(announcements.c.id == command.announcement_id, announcements.c.meeting_id == command.meeting_id)
    row = await tx.one(sa.select(announcements).where(here))
    if row.withdrawn_at is None:
        await tx.update(announcements, row.id, withdrawn_at=tx.now)
        await announce(tx, "announcement", [row.id])
    return None
