"""The course of the meeting: it starts, goes through its items one at a time, and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .deputy import dismiss
from .errors import Conflict
from .floor import end_running_speech
from .models.meeting import items, meetings
from .models.room import UNDER_WAY, ballots
from .questioning import end_running_answer
from .room_booking import end_early
from .standing import Standing, require_live, require_open
from .text import Id
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMeeting(MeetingCommand):
    """The room opens for check-in, speaking and ballots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMeeting(MeetingCommand):
    """Ends the running item, speech and answer, and the deputy's part. Refused while a ballot is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartItem(MeetingCommand):
    """Also returns to an item that was finished, skipped or moved. Whatever other item runs is finished first."""

    item_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishItem(MeetingCommand):
    item_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipItem(MeetingCommand):
    """It is passed over for now; one can still return to it. `skipped` false plans it again."""

    item_id: Id
    skipped: bool = True


def spent_seconds(item: Row, now: datetime) -> int:
    """How long the item has run so far, earlier runs included."""
    running = (now - item.started_at).total_seconds() if item.state == "running" else 0
    return int(item.spent_seconds + max(0, running))


async def start_meeting(tx: Transaction, by: Standing, command: StartMeeting) -> Answer:
    state = by.meeting.state if by.meeting is not None else ""
    if state == "live":
        return None
    if state != "invited":
        raise Conflict("meeting_not_startable")
    await tx.update(meetings, command.meeting_id, state="live", started_at=tx.now, changed_at=tx.now)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def end_meeting(tx: Transaction, by: Standing, command: EndMeeting) -> Answer:
    require_live(by)
    mine = ballots.c.meeting_id == command.meeting_id
    if await tx.first(sa.select(ballots.c.id).where(mine, ballots.c.state.in_(UNDER_WAY))):
        raise Conflict("ballot_still_open")
    await _finish_running(tx, command.meeting_id)
    await end_running_speech(tx, command.meeting_id)
    await end_running_answer(tx, command.meeting_id)
    await dismiss(tx, command.meeting_id)
    await end_early(tx, command.meeting_id)
    await tx.update(meetings, command.meeting_id, state="finished", ended_at=tx.now, changed_at=tx.now)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def start_item(tx: Transaction, by: Standing, command: StartItem) -> Answer:
    require_live(by)
    item = await item_of(tx, command.meeting_id, command.item_id)
    if item.state == "running":
        return None
    await _finish_running(tx, command.meeting_id)
    await tx.update(items, item.id, state="running", started_at=tx.now, finished_at=None)
    await announce(tx, "item", [item.id])
    return None


async def finish_item(tx: Transaction, by: Standing, command: FinishItem) -> Answer:
    require_live(by)
    item = await item_of(tx, command.meeting_id, command.item_id)
    if item.state == "running":
        await leave_item(tx, item, "done")
    return None


async def skip_item(tx: Transaction, by: Standing, command: SkipItem) -> Answer:
    require_open(by)
    item = await item_of(tx, command.meeting_id, command.item_id)
    if item.state not in ("planned", "running", "skipped"):
        raise Conflict("item_already_discussed")
    wanted = "skipped" if command.skipped else "planned"
    if item.state == wanted or (item.state == "running" and not command.skipped):
        return None
    await leave_item(tx, item, wanted)
    return None


async def item_of(tx: Transaction, meeting_id: str, item_id: str) -> Row:
    return await tx.one(sa.select(items).where(items.c.id == item_id, items.c.meeting_id == meeting_id))


async def _finish_running(tx: Transaction, meeting_id: str) -> None:
    running = sa.select(items).where(items.c.meeting_id == meeting_id, items.c.state == "running")
    for item in await tx.all(running):
        await leave_item(tx, item, "done")


async def leave_item(tx: Transaction, item: Row, state: str, **more: Any) -> None:
    """The item is no longer the running one, if it was: what it took until now is kept."""
    ended = {"finished_at": tx.now, "spent_seconds": spent_seconds(item, tx.now)} if item.state == "running" else {}
    await tx.update(items, item.id, state=state, **ended, **more)
    await announce(tx, "item", [item.id])
