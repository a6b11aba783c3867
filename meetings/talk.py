"""Messages: to the room, or between one participant and those who run the meeting. They can be switched off for members; those
who run the meeting can always write, and remove what should not stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from . import clock, live_log
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .models.beside import messages
from .models.columns import new_id
from .models.meeting import meetings, participants
from .standing import Standing, require_open, running_ids
from .text import Id, Paragraph
from .views import View, announce

# Of one person: at most so many messages within each of these.
RATES = ((5, timedelta(seconds=15)), (40, timedelta(minutes=10)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(MeetingCommand):
    """`thread_id`: the participant whose talk with those who run the meeting it belongs to; None: to the room."""

    text: Annotated[Paragraph, Field(max_length=1000)]
    thread_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMessage(MeetingCommand):
    message_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchMessages(MeetingCommand):
    on: bool


def message_view(row: Row) -> View:
    return {
        "id": row.id, "number": row.number, "participant_id": row.participant_id, "thread_id": row.thread_id,
        "text": "" if row.removed_at else row.text, "removed": row.removed_at is not None, "sent_at": clock.iso(row.sent_at),
    }  # fmt: skip


async def send_message(tx: Transaction, by: Standing, command: SendMessage) -> Answer:
    _require_open(by)
    if by.me is None:
        raise NotAllowed("not_allowed")
    await _require_thread(tx, by, by.me.id, command.thread_id)
    await _require_slow(tx, by.me.id)
    last = await tx.value(sa.select(sa.func.max(messages.c.number)).where(messages.c.meeting_id == command.meeting_id))
    key = new_id()
    await tx.insert(
        messages, id=key, meeting_id=command.meeting_id, number=(last or 0) + 1, participant_id=by.me.id,
        thread_id=command.thread_id, text=command.text, sent_at=tx.now,
    )  # fmt: skip
    await _tell(tx, key)
    return {"message_id": key}


async def remove_message(tx: Transaction, by: Standing, command: RemoveMessage) -> Answer:
    here = sa.and_(messages.c.id == command.message_id, messages.c.meeting_id == command.meeting_id)
    row = await tx.one(sa.select(messages).where(here))
    if row.removed_at is None:
        await tx.update(messages, row.id, removed_at=tx.now)
        await _tell(tx, row.id)
    return None


async def switch_messages(tx: Transaction, by: Standing, command: SwitchMessages) -> Answer:
    await tx.update(meetings, command.meeting_id, messages_on=command.on)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def _tell(tx: Transaction, key: str) -> None:
    """A message to the room is told to everybody; another to the two sides of its thread."""
    row = await tx.get(messages, key)
    if row.thread_id is None:
        live_log.append(tx, "message.changed", message_view(row))
    else:
        audience = {row.thread_id, *await running_ids(tx, tx.scope)}
        live_log.append(tx, "letter.changed", message_view(row), audience=sorted(audience))


def _require_open(by: Standing) -> None:
    meeting = require_open(by, "room_closed")
    if not meeting.messages_on and not by.runs:
        raise Conflict("messages_off")


async def _require_thread(tx: Transaction, by: Standing, me: str, thread_id: str | None) -> None:
    if thread_id is None or thread_id == me:
        return
    if not by.runs:
        raise NotAllowed("not_allowed")
    here = sa.and_(participants.c.id == thread_id, participants.c.meeting_id == tx.scope, ~participants.c.removed)
    if await tx.first(sa.select(participants.c.id).where(here)) is None:
        raise Invalid("participant_unknown", "thread_id")


async def _require_slow(tx: Transaction, me: str) -> None:
    """Raises Conflict when this person has written more than people do."""
    for most, within in RATES:
        lately = sa.and_(messages.c.participant_id == me, messages.c.sent_at > tx.now - within)
        if (await tx.value(sa.select(sa.func.count()).select_from(messages).where(lately)) or 0) >= most:
            raise Conflict("messages_too_fast", "text")
