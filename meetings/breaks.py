"""A break of the meeting, until a time that every screen shows. It ends by itself, or when those who run the meeting say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .models.meeting import meetings
from .standing import Standing, require_live
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBreak(MeetingCommand):
    """From now; said again, it is the new length."""

    minutes: Annotated[int, Field(ge=1, le=240)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndBreak(MeetingCommand):
    pass


async def take_break(tx: Transaction, by: Standing, command: TakeBreak) -> Answer:
    require_live(by)
    await tx.update(meetings, command.meeting_id, break_until=tx.now + timedelta(minutes=command.minutes))
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def end_break(tx: Transaction, by: Standing, command: EndBreak) -> Answer:
    require_live(by)
    await tx.update(meetings, command.meeting_id, break_until=None)
    await announce(tx, "meeting", [command.meeting_id])
    return None
