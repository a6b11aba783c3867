"""Sending an invitation again, as a person decides: to one, or to all whom the last one did not reach, or may not have reached."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from . import outbox
from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict, NotFound
from .invitation import Invitation
from .models.meeting import participants
from .models.post import outbox as mails
from .outbox import TELLING
from .standing import Standing
from .text import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgain(MeetingCommand):
    """What the participant was last told, once more, to him alone."""

    participant_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgainToAll(MeetingCommand):
    """What was last told to each, once more, to those whom it did not reach."""


def not_there(state: str, answer: str) -> bool:
    """Whether a mail in this state did not arrive, as far as we know; whoever answered has it, whatever the mail server said."""
    return state in ("failed", "bounced") or (state == "unsure" and answer == "waiting")


async def send_again(tx: Transaction, by: Standing, command: SendAgain) -> Answer:
    here = sa.and_(participants.c.meeting_id == command.meeting_id, participants.c.id == command.participant_id)
    row = await tx.one(sa.select(participants).where(here))
    told = await outbox.latest(tx, row.id)
    if told is None:
        raise NotFound
    if told.state in ("queued", "sending"):
        raise Conflict("mail_on_its_way")
    await outbox.put_again(tx, row.id, Invitation.from_json(told.facts))
    return None


async def send_again_to_all(tx: Transaction, by: Standing, command: SendAgainToAll) -> Answer:
    here = sa.and_(mails.c.meeting_id == command.meeting_id, mails.c.method.in_(TELLING))
    rows = await tx.all(sa.select(mails.c.id, mails.c.participant_id, mails.c.state).where(here).order_by(mails.c.created_at))
    last = {row.participant_id: row for row in rows}
    answer = dict(await _answers(tx, command.meeting_id))
    missed = [row.id for key, row in last.items() if key in answer and not_there(row.state, answer[key])]
    for row in await tx.all(sa.select(mails).where(mails.c.id.in_(missed))):
        await outbox.put_again(tx, row.participant_id, Invitation.from_json(row.facts))
    return {"again": len(missed)}


async def _answers(tx: Transaction, meeting_id: str) -> list[tuple[str, str]]:
    invited = sa.select(participants.c.id, participants.c.answer).where(participants.c.meeting_id == meeting_id, ~participants.c.removed)
    return [(row.id, row.answer) for row in await tx.all(invited)]
