"""The floor: one speaker at a time, for as long as the chair gives; a pause does not count. An interjection holds the speech that it
is a word to, which goes on after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid
from .models.meeting import participants
from .models.room import speeches
from .speaking import add_request, require_own_or_running, running_item, speech_now, speech_of
from .speaking_time import paused
from .standing import Standing, require_live
from .text import Id
from .views import announce

INTERJECTION = 60  # seconds, unless the chair gives another time


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFloor(MeetingCommand):
    """To a request (`speech_id`), or to somebody who did not ask (`participant_id`), then also for an interjection. `seconds` 0: the
    running item's limit, or the meeting's default."""

    speech_id: Id | None = None
    participant_id: Id | None = None
    interjection: bool = False
    seconds: Annotated[int, Field(ge=0, le=7200)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSpeech(MeetingCommand):
    """The time given stands still until it is resumed or ended."""

    speech_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSpeech(MeetingCommand):
    speech_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendSpeech(MeetingCommand):
    """More time for whoever speaks."""

    speech_id: Id
    seconds: Annotated[int, Field(ge=1, le=7200)] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSpeech(MeetingCommand):
    """After an interjection the speech that it held goes on."""

    speech_id: Id


async def give_floor(tx: Transaction, by: Standing, command: GiveFloor) -> Answer:
    require_live(by)
    speech = await speech_of(tx, command.speech_id or await _request_for(tx, command))
    if speech.state == "speaking":
        return {"speech_id": speech.id}
    if speech.state != "waiting":
        raise Conflict("speech_not_waiting")
    if speech.kind == "interjection":
        await _hold_running(tx)
    else:
        await end_running_speech(tx, tx.scope)
    item = await running_item(tx)
    limit = command.seconds or _limit(by, speech, item)
    await tx.update(
        speeches, speech.id, state="speaking", started_at=tx.now, limit_seconds=limit, item_id=item.id if item else None
    )  # fmt: skip
    await announce(tx, "speech", [speech.id])
    return {"speech_id": speech.id}


async def pause_speech(tx: Transaction, by: Standing, command: PauseSpeech) -> Answer:
    speech = await _running(tx, command.speech_id)
    if speech.paused_at is None:
        await tx.update(speeches, speech.id, paused_at=tx.now)
        await announce(tx, "speech", [speech.id])
    return None


async def resume_speech(tx: Transaction, by: Standing, command: ResumeSpeech) -> Answer:
    speech = await _running(tx, command.speech_id)
    if speech.paused_at is not None:
        await _go_on(tx, speech)
    return None


async def extend_speech(tx: Transaction, by: Standing, command: ExtendSpeech) -> Answer:
    speech = await _running(tx, command.speech_id)
    await tx.update(speeches, speech.id, limit_seconds=min(7200, speech.limit_seconds + command.seconds))
    await announce(tx, "speech", [speech.id])
    return None


async def end_speech(tx: Transaction, by: Standing, command: EndSpeech) -> Answer:
    speech = await speech_of(tx, command.speech_id)
    require_own_or_running(by, speech)
    if speech.state in ("speaking", "held"):
        await _end(tx, [speech.id])
        held = await _held(tx)
        if held is not None and speech.state == "speaking":
            await _go_on(tx, held)
    return None


async def end_running_speech(tx: Transaction, meeting_id: str) -> None:
    """Whoever has the floor gives it back, and whoever waits for an interjection to end."""
    heard = sa.and_(speeches.c.meeting_id == meeting_id, speeches.c.state.in_(("speaking", "held")))
    await _end(tx, await tx.column(sa.select(speeches.c.id).where(heard)))


async def _hold_running(tx: Transaction) -> None:
    """The speech stands still; an earlier interjection to it ends."""
    now = await speech_now(tx)
    if now is not None and now.kind == "interjection":
        await _end(tx, [now.id])
    elif now is not None:
        await tx.update(speeches, now.id, state="held", paused_at=now.paused_at or tx.now)
        await announce(tx, "speech", [now.id])


async def _held(tx: Transaction) -> Row | None:
    return await tx.first(sa.select(speeches).where(speeches.c.meeting_id == tx.scope, speeches.c.state == "held"))


async def _go_on(tx: Transaction, speech: Row) -> None:
    await tx.update(speeches, speech.id, state="speaking", paused_at=None, paused_seconds=paused(speech, tx.now))
    await announce(tx, "speech", [speech.id])


async def _end(tx: Transaction, ids: list[str]) -> None:
    if ids:
        await tx.write(sa.update(speeches).where(speeches.c.id.in_(ids)).values(state="done", ended_at=tx.now))
        await announce(tx, "speech", ids)


async def _running(tx: Transaction, speech_id: str) -> Row:
    speech = await speech_of(tx, speech_id)
    if speech.state != "speaking":
        raise Conflict("speech_not_running")
    return speech


def _limit(by: Standing, speech: Row, item: Row | None) -> int:
    """Seconds that this speech has."""
    if speech.kind == "interjection":
        return INTERJECTION
    default = by.meeting.speaking_seconds if by.meeting is not None else 0
    return int((item.speaking_seconds if item else 0) or default)


async def _request_for(tx: Transaction, command: GiveFloor) -> str:
    """The waiting request; a new one when there is none, and for an interjection, which leaves the request as it is."""
    here = sa.and_(participants.c.meeting_id == tx.scope, participants.c.id == command.participant_id, ~participants.c.removed)
    if command.participant_id is None or await tx.first(sa.select(participants.c.id).where(here)) is None:
        raise Invalid("participant_unknown", "participant_id")
    if not command.interjection:
        waiting = sa.and_(speeches.c.participant_id == command.participant_id, speeches.c.state == "waiting")
        found = await tx.value(sa.select(speeches.c.id).where(waiting))
        if found:
            return str(found)
    return await add_request(tx, command.participant_id, "", "interjection" if command.interjection else "request")
