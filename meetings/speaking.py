"""Asking to speak, the queue, and the floor: one speaker at a time, for as long as the chair gives; a pause does not count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from .agenda import end_running_speech, require_live
from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .models.columns import new_id
from .models.meeting import items, meetings, participants
from .models.room import speeches
from .standing import Standing
from .text import Id, OptionalLine
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToSpeak(MeetingCommand):
    """One request at a time for each person; asking again changes its subject. `kind` "order": on how the meeting is run; it goes
    before other requests, and is heard when the list is closed too."""

    subject: OptionalLine = ""
    kind: Literal["request", "order"] = "request"


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
class PauseSpeech(MeetingCommand):
    """The time given stands still until it is resumed or ended."""

    speech_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSpeech(MeetingCommand):
    speech_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSpeakingList(MeetingCommand):
    """Nobody can ask any more; who asked before is still heard. `closed` false opens it again."""

    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQueue(MeetingCommand):
    """By hand (`speech_ids`: all who wait, in the new order), or by a rule: "request", as they asked; "fair", who has spoken least
    comes first."""

    speech_ids: tuple[Id, ...] = ()
    rule: Literal["hand", "request", "fair"] = "hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSpeech(MeetingCommand):
    speech_id: Id


async def ask_to_speak(tx: Transaction, by: Standing, command: AskToSpeak) -> Answer:
    require_live(by)
    if by.me is None:
        raise NotAllowed("not_allowed")
    if by.meeting is not None and by.meeting.speaking_closed and command.kind != "order" and not by.runs:
        raise Conflict("speaking_closed")
    waiting = sa.and_(speeches.c.participant_id == by.me.id, speeches.c.state == "waiting")
    mine = await tx.first(sa.select(speeches).where(waiting))
    key = mine.id if mine else await _add(tx, by.me.id, command.subject, command.kind)
    if mine:
        await tx.update(speeches, key, subject=command.subject, kind=command.kind)
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


async def pause_speech(tx: Transaction, by: Standing, command: PauseSpeech) -> Answer:
    speech = await _speech(tx, command.meeting_id, command.speech_id)
    if speech.state != "speaking":
        raise Conflict("speech_not_running")
    if speech.paused_at is None:
        await tx.update(speeches, speech.id, paused_at=tx.now)
        await announce(tx, "speech", [speech.id])
    return None


async def resume_speech(tx: Transaction, by: Standing, command: ResumeSpeech) -> Answer:
    speech = await _speech(tx, command.meeting_id, command.speech_id)
    if speech.state != "speaking":
        raise Conflict("speech_not_running")
    if speech.paused_at is not None:
        await tx.update(speeches, speech.id, paused_at=None, paused_seconds=paused(speech, tx.now))
        await announce(tx, "speech", [speech.id])
    return None


async def close_speaking_list(tx: Transaction, by: Standing, command: CloseSpeakingList) -> Answer:
    require_live(by)
    await tx.update(meetings, command.meeting_id, speaking_closed=command.closed)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def order_queue(tx: Transaction, by: Standing, command: OrderQueue) -> Answer:
    require_live(by)
    here = speeches.c.meeting_id == command.meeting_id
    rows = await tx.all(sa.select(speeches).where(here, speeches.c.state.in_(("waiting", "speaking", "done"))))
    waiting = [row for row in rows if row.state == "waiting"]
    if command.rule == "hand":
        if sorted(command.speech_ids) != sorted(row.id for row in waiting):
            raise Conflict("queue_changed")
        order = list(command.speech_ids)
    else:
        spoken = seconds_spoken(rows, tx.now) if command.rule == "fair" else {}
        order = [row.id for row in sorted(waiting, key=lambda row: (spoken.get(row.participant_id, 0), row.asked_at, row.id))]
    places = sorted(row.position for row in waiting)
    moved = [(key, place) for key, place in zip(order, places, strict=True)]
    for key, place in moved:
        await tx.update(speeches, key, position=place)
    await announce(tx, "speech", order)
    return None


def paused(speech: Row, now: datetime) -> int:
    """Seconds of all pauses until now."""
    return int(speech.paused_seconds) + (int((now - speech.paused_at).total_seconds()) if speech.paused_at else 0)


def seconds_spoken(rows: Iterable[Row], now: datetime) -> dict[str, int]:
    """By participant, without pauses; the running speech counts until now."""
    spoken: dict[str, int] = {}
    for row in rows:
        if row.started_at is not None:
            seconds = int(((row.ended_at or now) - row.started_at).total_seconds()) - paused(row, row.ended_at or now)
            spoken[row.participant_id] = spoken.get(row.participant_id, 0) + max(0, seconds)
    return spoken


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
    return str(found) if found else await _add(tx, participant_id, "", "request")


async def _add(tx: Transaction, participant_id: str, subject: str, kind: str) -> str:
    key = new_id()
    last = await tx.value(sa.select(sa.func.max(speeches.c.position)).where(speeches.c.meeting_id == tx.scope))
    await tx.insert(
        speeches, id=key, meeting_id=tx.scope, participant_id=participant_id, subject=subject, kind=kind, position=(last or 0) + 1,
        item_id=await _running_item(tx, tx.scope), asked_at=tx.now,
    )  # fmt: skip
    return key


async def _running_item(tx: Transaction, meeting_id: str) -> str | None:
    running = sa.select(items.c.id).where(items.c.meeting_id == meeting_id, items.c.state == "running")
    found = await tx.value(running)
    return str(found) if found else None
