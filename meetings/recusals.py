"""Recusal: a member declares a conflict of interest in an item and is not on the roll of its ballots."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict, NotAllowed
from .models.columns import new_id
from .models.meeting import items, participants
from .models.room import UNDER_WAY, ballots, recusals
from .standing import Standing
from .text import Id, Paragraph
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareRecusal(MeetingCommand):
    """Of oneself; of another by whoever runs the meeting."""

    item_id: Id
    participant_id: Id
    reason: Paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRecusal(MeetingCommand):
    recusal_id: Id


async def declare_recusal(tx: Transaction, by: Standing, command: DeclareRecusal) -> Answer:
    here = participants.c.meeting_id == command.meeting_id
    member = await tx.one(sa.select(participants).where(here, participants.c.id == command.participant_id, ~participants.c.removed))
    await tx.one(sa.select(items.c.id).where(items.c.id == command.item_id, items.c.meeting_id == command.meeting_id))
    _require_own(by, member.id)
    if not member.votes:
        raise Conflict("recusal_without_vote")
    await _require_not_voting(tx, command.item_id)
    known = sa.select(recusals.c.id).where(recusals.c.item_id == command.item_id, recusals.c.participant_id == member.id)
    key = await tx.value(known) or new_id()
    row = {"id": key, "meeting_id": command.meeting_id, "item_id": command.item_id, "participant_id": member.id}
    await tx.upsert(recusals, [row | {"reason": command.reason, "declared_at": tx.now}], key=["id"])
    await announce(tx, "recusal", [key])
    return {"recusal_id": key}


async def withdraw_recusal(tx: Transaction, by: Standing, command: WithdrawRecusal) -> Answer:
    row = await tx.one(sa.select(recusals).where(recusals.c.id == command.recusal_id, recusals.c.meeting_id == command.meeting_id))
    _require_own(by, row.participant_id)
    await _require_not_voting(tx, row.item_id)
    await tx.write(sa.delete(recusals).where(recusals.c.id == row.id))
    await announce(tx, "recusal", [row.id])
    return None


def _require_own(by: Standing, participant_id: str) -> None:
    if not by.runs and (by.me is None or by.me.id != participant_id):
        raise NotAllowed("not_allowed")


async def _require_not_voting(tx: Transaction, item_id: str) -> None:
    """The roll of a ballot that was opened stays as it is."""
    if await tx.first(sa.select(ballots.c.id).where(ballots.c.item_id == item_id, ballots.c.state.in_(UNDER_WAY))):
        raise Conflict("another_ballot_open")
