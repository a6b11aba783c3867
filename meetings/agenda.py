"""The course of the meeting: it starts, goes through its items one at a time, and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid
from .models.columns import new_id
from .models.meeting import items, meetings
from .models.room import UNDER_WAY, ballots, speeches
from .standing import Standing
from .text import Id, Line, OptionalLine
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMeeting(MeetingCommand):
    """The room opens for check-in, speaking and ballots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMeeting(MeetingCommand):
    """Ends the running item and speech too. Refused while a ballot is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartItem(MeetingCommand):
    """Also returns to a finished item. Whatever other item runs is finished first."""

    item_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishItem(MeetingCommand):
    item_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertItem(MeetingCommand):
    title: Line
    minutes: Annotated[int, Field(ge=0, le=1440)] = 15
    presenter: OptionalLine = ""
    kind: Literal["discussion", "report", "decision", "information", "conclusion"] = "discussion"
    after_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderItems(MeetingCommand):
    """`item_ids`: every item of the meeting, in the new order."""

    item_ids: list[Id]


def spent_seconds(item: Row, now: datetime) -> int:
    """How long the item has run so far, earlier runs included."""
    running = (now - item.started_at).total_seconds() if item.state == "running" else 0
    return int(item.spent_seconds + max(0, running))


def require_live(by: Standing) -> None:
    """Raises Conflict unless the meeting is being held now."""
    if by.meeting is None or by.meeting.state != "live":
        raise Conflict("meeting_not_live")


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
    await tx.update(meetings, command.meeting_id, state="finished", ended_at=tx.now, changed_at=tx.now)
    await announce(tx, "meeting", [command.meeting_id])
    return None


async def start_item(tx: Transaction, by: Standing, command: StartItem) -> Answer:
    require_live(by)
    item = await _item(tx, command.meeting_id, command.item_id)
    if item.state == "running":
        return None
    await _finish_running(tx, command.meeting_id)
    await tx.update(items, item.id, state="running", started_at=tx.now, finished_at=None)
    await announce(tx, "item", [item.id])
    return None


async def finish_item(tx: Transaction, by: Standing, command: FinishItem) -> Answer:
    require_live(by)
    item = await _item(tx, command.meeting_id, command.item_id)
    if item.state == "running":
        await _finish(tx, item)
    return None


async def insert_item(tx: Transaction, by: Standing, command: InsertItem) -> Answer:
    _require_open(by)
    order = await _order(tx, command.meeting_id)
    if command.after_id is not None and command.after_id not in order:
        raise Invalid("item_unknown", "after_id")
    place = order.index(command.after_id) + 1 if command.after_id else 0
    key = new_id()
    await tx.insert(
        items, id=key, meeting_id=command.meeting_id, position=place, title=command.title, minutes=command.minutes,
        presenter=command.presenter, kind=command.kind,
    )  # fmt: skip
    await _put_in_order(tx, [*order[:place], key, *order[place:]], new=key)
    return {"item_id": key}


async def reorder_items(tx: Transaction, by: Standing, command: ReorderItems) -> Answer:
    _require_open(by)
    order = await _order(tx, command.meeting_id)
    if sorted(order) != sorted(command.item_ids):
        raise Conflict("agenda_changed")
    await _put_in_order(tx, command.item_ids)
    return None


async def end_running_speech(tx: Transaction, meeting_id: str) -> None:
    """Whoever has the floor gives it back."""
    speaking = sa.and_(speeches.c.meeting_id == meeting_id, speeches.c.state == "speaking")
    ids = await tx.column(sa.select(speeches.c.id).where(speaking))
    if ids:
        await tx.write(sa.update(speeches).where(speeches.c.id.in_(ids)).values(state="done", ended_at=tx.now))
        await announce(tx, "speech", ids)


def _require_open(by: Standing) -> None:
    if by.meeting is None or by.meeting.state not in ("invited", "live"):
        raise Conflict("agenda_closed")


async def _item(tx: Transaction, meeting_id: str, item_id: str) -> Row:
    return await tx.one(sa.select(items).where(items.c.id == item_id, items.c.meeting_id == meeting_id))


async def _order(tx: Transaction, meeting_id: str) -> list[str]:
    wanted = sa.select(items.c.id).where(items.c.meeting_id == meeting_id)
    return await tx.column(wanted.order_by(items.c.position, items.c.id))


async def _put_in_order(tx: Transaction, order: list[str], new: str | None = None) -> None:
    """Number the items 0, 1, 2 ... and tell of those that moved, and of the new one."""
    before = {r.id: r.position for r in await tx.all(sa.select(items.c.id, items.c.position).where(items.c.id.in_(order)))}
    moved = [(place, key) for place, key in enumerate(order) if before[key] != place or key == new]
    for place, key in moved:
        await tx.update(items, key, position=place)
    await announce(tx, "item", [key for _, key in moved])


async def _finish_running(tx: Transaction, meeting_id: str) -> None:
    running = sa.select(items).where(items.c.meeting_id == meeting_id, items.c.state == "running")
    for item in await tx.all(running):
        await _finish(tx, item)


async def _finish(tx: Transaction, item: Row) -> None:
    spent = spent_seconds(item, tx.now)
    await tx.update(items, item.id, state="done", finished_at=tx.now, spent_seconds=spent)
    await announce(tx, "item", [item.id])
