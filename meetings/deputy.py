"""The chair hands the running of the meeting to a deputy, and takes it back at any moment.

The deputy runs the room as the chair does, and may end the meeting. What is the chair's alone stays his: declaring a ballot
void, approving the minutes, deciding a tie, naming the deputy.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict, Invalid
from .models.meeting import participants
from .standing import Standing, require_open
from .text import Id
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NameDeputy(MeetingCommand):
    """One at a time: whoever was it before is it no longer."""

    participant_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissDeputy(MeetingCommand):
    """The chair takes the running back, or the deputy gives it back."""


async def name_deputy(tx: Transaction, by: Standing, command: NameDeputy) -> Answer:
    require_open(by)
    here = sa.and_(participants.c.meeting_id == command.meeting_id, ~participants.c.removed)
    person = await tx.first(sa.select(participants).where(here, participants.c.id == command.participant_id))
    if person is None:
        raise Invalid("participant_unknown", "participant_id")
    if person.duty != "participant":
        raise Conflict("deputy_impossible")
    if not person.deputy:
        await dismiss(tx, command.meeting_id)
        await tx.update(participants, person.id, deputy=True)
        await announce(tx, "participant", [person.id])
    return None


async def dismiss_deputy(tx: Transaction, by: Standing, command: DismissDeputy) -> Answer:
    await dismiss(tx, command.meeting_id)
    return None


async def dismiss(tx: Transaction, meeting_id: str) -> None:
    """Nobody runs the meeting for the chair any more."""
    deputies = sa.and_(participants.c.meeting_id == meeting_id, participants.c.deputy)
    ids = await tx.column(sa.select(participants.c.id).where(deputies))
    if ids:
        await tx.write(sa.update(participants).where(participants.c.id.in_(ids)).values(deputy=False))
        await announce(tx, "participant", ids)
