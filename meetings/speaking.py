"""Asking to speak, the queue, and the floor: one speaker at a time, for as long as the chair gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .agenda import end_running_speech, require_live
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .models.columns import new_id
from .models.meeting import items, participants
from .models.room import speeches
from .standing import Standing
from .text import Id, OptionalLine
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToSpeak(MeetingCommand):
    """One request at a time for each person; asking again changes its subject."""

    subject: OptionalLine = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRequest(MeetingCommand):
    speech_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFloor(MeetingCommand):
    """To a request (`speech_id`), or to somebody who did not ask (`participant_id`). `seconds` 0: the meeting's default."""

    speech_id: Id | None = None
    participant_id: Id | None = None
    seconds: Annotated[int, Field(ge=0, le=7200)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSpeech(MeetingCommand):
    speech_id: Id


async def ask_to_speak(tx: Transaction, by: Standing, command: AskToSpeak) -> Answer:
    require_live(by)
    if by.me is None:
        raise NotAllowed("not_allowed")
    waiting = sa.and_(speeches.c.participant_id == by.me.id, speeches.c.state == "waiting")
    mine = await tx.first(sa.select(speeches).where(waiting))
    key = mine.id if mine else await _add(tx, by.me.id, command.subject)
    if mine:
        await tx.update(speeches, key, subject=command.subject)
    await announce(tx, "speech", [key])
    return {"speech_id": key}


async def withdraw_request(tx: Transaction, by: Standing, command: WithdrawRequest) -> Answer:
    speech = await _speech(tx, command.meeting_id, command.speech_id)
    _require_own_or_running(by, speech)
    if speech.state != "waiting":
        raise Conflict("speech_not_waiting")
    await tx.update(speeches, speech.id, state="withdrawn", ended_at=tx.now)
    await announce(tx, "speech", [speech.id])
    return None


async def give_floor(tx: Transaction, by: Standing, command: GiveFloor) -> Answer:
    require_live(by)
    key = command.speech_id or await _request_of(tx, command.meeting_id, command.participant_id)
    speech = await _speech(tx, command.meeting_id, key)
    if speech.state == "speaking":
        return {"speech_id": key}
    if speech.state != "waiting":
        raise Conflict("speech_not_waiting")
    await end_running_speech(tx, command.meeting_id)
    limit = command.seconds or (by.meeting.speaking_seconds if by.meeting is not None else 0)
    item = await _running_item(tx, command.meeting_id)
    await tx.update(speeches, key, state="speaking", started_at=tx.now, limit_seconds=limit, item_id=item)
    await announce(tx, "speech", [key])
    return {"speech_id": key}


async def end_speech(tx: Transaction, by: Standing, command: EndSpeech) -> Answer:
    speech = await _speech(tx, command.meeting_id, command.speech_id)
    _require_own_or_running(by, speech)
    if speech.state == "speaking":
        await end_running_speech(tx, command.meeting_id)
    return None


def _require_own_or_running(by: Standing, speech: Row) -> None:
    if not by.runs and (by.me is None or speech.participant_id != by.me.id):
        raise NotAllowed("not_allowed")


async def _speech(tx: Transaction, meeting_id: str, speech_id: str) -> Row:
    return await tx.one(sa.select(speeches).where(speeches.c.id == speech_id, speeches.c.meeting_id == meeting_id))


async def _request_of(tx: Transaction, meeting_id: str, participant_id: str | None) -> str:
    """The participant's waiting request; a new one when there is none."""
    here = sa.and_(participants.c.meeting_id == meeting_id, participants.c.id == participant_id, ~participants.c.removed)
    if participant_id is None or await tx.first(sa.select(participants.c.id).where(here)) is None:
        raise Invalid("participant_unknown", "participant_id")
    waiting = sa.and_(speeches.c.participant_id == participant_id, speeches.c.state == "waiting")
    found = await tx.value(sa.select(speeches.c.id).where(waiting))
    return str(found) if found else await _add(tx, participant_id, "")


async def _add(tx: Transaction, participant_id: str, subject: str) -> str:
    key = new_id()
    last = await tx.value(sa.select(sa.func.max(speeches.c.position)).where(speeches.c.meeting_id == tx.scope))
    await tx.insert(
        speeches, id=key, meeting_id=tx.scope, participant_id=participant_id, subject=subject, position=(last or 0) + 1,
        item_id=await _running_item(tx, tx.scope), asked_at=tx.now,
    )  # fmt: skip
    return key


async def _running_item(tx: Transaction, meeting_id: str) -> str | None:
    running = sa.select(items.c.id).where(items.c.meeting_id == meeting_id, items.c.state == "running")
    found = await tx.value(running)
    return str(found) if found else None
