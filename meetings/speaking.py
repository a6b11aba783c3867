"""Asking to speak, and the list of those who wait: its order, by hand or by a rule, and its closing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, NotAllowed
from .models.columns import new_id
from .models.meeting import items, meetings
from .models.room import speeches
from .speaking_time import seconds_spoken
from .standing import Standing, require_live, require_open
from .text import Id, OptionalLine
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToSpeak(MeetingCommand):
    """One request at a time for each person; asking again changes its subject. `kind` "order": on how the meeting is run; it goes
    before other requests. "interjection": a short word to whoever speaks now. Both are taken when the list is closed too."""

    subject: OptionalLine = ""
    kind: Literal["request", "order", "interjection"] = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRequest(MeetingCommand):
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
class SetSpeakingTime(MeetingCommand):
    """What each speech is given, from the next on, where its item says nothing else."""

    seconds: Annotated[int, Field(ge=30, le=7200)]


async def ask_to_speak(tx: Transaction, by: Standing, command: AskToSpeak) -> Answer:
    require_live(by)
    if by.me is None:
        raise NotAllowed("not_allowed")
    if by.meeting is not None and by.meeting.speaking_closed and command.kind == "request" and not by.runs:
        raise Conflict("speaking_closed")
    if command.kind == "interjection" and await speech_now(tx) is None:
        raise Conflict("nobody_speaks")
    waiting = sa.and_(speeches.c.participant_id == by.me.id, speeches.c.state == "waiting")
    mine = await tx.first(sa.select(speeches).where(waiting))
    key = mine.id if mine else await add_request(tx, by.me.id, command.subject, command.kind)
    if mine:
        await tx.update(speeches, key, subject=command.subject, kind=command.kind)
    await announce(tx, "speech", [key])
    return {"speech_id": key}


async def withdraw_request(tx: Transaction, by: Standing, command: WithdrawRequest) -> Answer:
    speech = await speech_of(tx, command.speech_id)
    require_own_or_running(by, speech)
    if speech.state != "waiting":
        raise Conflict("speech_not_waiting")
    await tx.update(speeches, speech.id, state="withdrawn", ended_at=tx.now)
    await announce(tx, "speech", [speech.id])
    return None


async def close_speaking_list(tx: Transaction, by: Standing, command: CloseSpeakingList) -> Answer:
    require_live(by)
    await tx.update(meetings, command.meeting_id, speaking_closed=command.closed)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def set_speaking_time(tx: Transaction, by: Standing, command: SetSpeakingTime) -> Answer:
    require_open(by)
    await tx.update(meetings, command.meeting_id, speaking_seconds=command.seconds)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def order_queue(tx: Transaction, by: Standing, command: OrderQueue) -> Answer:
    require_live(by)
    here = speeches.c.meeting_id == command.meeting_id
    rows = await tx.all(sa.select(speeches).where(here, speeches.c.state.in_(("waiting", "speaking", "held", "done"))))
    waiting = [row for row in rows if row.state == "waiting"]
    if command.rule == "hand":
        if sorted(command.speech_ids) != sorted(row.id for row in waiting):
            raise Conflict("queue_changed")
        order = list(command.speech_ids)
    else:
        spoken = seconds_spoken(rows, tx.now) if command.rule == "fair" else {}
        least = sorted(waiting, key=lambda row: (spoken.get(row.participant_id or row.site_id, 0), row.asked_at, row.id))
        order = [row.id for row in least]
    places = sorted(row.position for row in waiting)
    moved = [(key, place) for key, place in zip(order, places, strict=True)]
    for key, place in moved:
        await tx.update(speeches, key, position=place)
    await announce(tx, "speech", order)
    return None


def require_own_or_running(by: Standing, speech: Row) -> None:
    """Raises NotAllowed unless it is the actor's own speech, or that of his site, or the actor runs the room."""
    mine = by.me is not None and speech.participant_id == by.me.id
    if not (by.runs or mine or by.acts_for(speech.site_id)):
        raise NotAllowed("not_allowed")


async def speech_of(tx: Transaction, speech_id: str) -> Row:
    return await tx.one(sa.select(speeches).where(speeches.c.id == speech_id, speeches.c.meeting_id == tx.scope))


async def speech_now(tx: Transaction) -> Row | None:
    """The speech that is being heard."""
    return await tx.first(sa.select(speeches).where(speeches.c.meeting_id == tx.scope, speeches.c.state == "speaking"))


async def running_item(tx: Transaction) -> Row | None:
    return await tx.first(sa.select(items).where(items.c.meeting_id == tx.scope, items.c.state == "running"))


async def add_request(
    tx: Transaction, participant_id: str | None, subject: str, kind: str, *, site_id: str | None = None, speaker: str = ""
) -> str:
    """At the end of the list, on the item that is being discussed; its id."""
    key, item = new_id(), await running_item(tx)
    last = await tx.value(sa.select(sa.func.max(speeches.c.position)).where(speeches.c.meeting_id == tx.scope))
    await tx.insert(
        speeches, id=key, meeting_id=tx.scope, participant_id=participant_id, site_id=site_id, speaker=speaker, subject=subject,
        kind=kind, position=(last or 0) + 1, item_id=item.id if item else None, asked_at=tx.now,
    )  # fmt: skip
    return key
