"""What is on the agenda: items are added, changed and put in order, before the meeting and while it is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from .agenda import item_of
from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict, Invalid
from .models.columns import new_id
from .models.meeting import items
from .standing import Standing, require_open
from .text import Id, Line, OptionalLine
from .views import announce

Minutes = Annotated[int, Field(ge=0, le=1440)]
Seconds = Annotated[int, Field(ge=0, le=7200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertItem(MeetingCommand):
    """`speaking_seconds`: for each speech on it; 0: the meeting's default. `after_id` None: first."""

    title: Line
    minutes: Minutes = 15
    presenter: OptionalLine = ""
    kind: Literal["discussion", "report", "decision", "information", "conclusion"] = "discussion"
    speaking_seconds: Seconds = 0
    after_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditItem(MeetingCommand):
    """All of it is replaced, but its state and times."""

    item_id: Id
    title: Line
    minutes: Minutes
    presenter: OptionalLine = ""
    speaking_seconds: Seconds = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderItems(MeetingCommand):
    """`item_ids`: every item of the meeting, in the new order."""

    item_ids: list[Id]


async def insert_item(tx: Transaction, by: Standing, command: InsertItem) -> Answer:
    require_open(by)
    order = await _order(tx, command.meeting_id)
    if command.after_id is not None and command.after_id not in order:
        raise Invalid("item_unknown", "after_id")
    place = order.index(command.after_id) + 1 if command.after_id else 0
    key = new_id()
    await tx.insert(
        items, id=key, meeting_id=command.meeting_id, position=place, title=command.title, minutes=command.minutes,
        presenter=command.presenter, kind=command.kind, speaking_seconds=command.speaking_seconds,
    )  # fmt: skip
    await _put_in_order(tx, [*order[:place], key, *order[place:]], new=key)
    return {"item_id": key}


async def edit_item(tx: Transaction, by: Standing, command: EditItem) -> Answer:
    require_open(by)
    item = await item_of(tx, command.meeting_id, command.item_id)
    await tx.update(
        items, item.id, title=command.title, minutes=command.minutes, presenter=command.presenter,
        speaking_seconds=command.speaking_seconds,
    )  # fmt: skip
    await announce(tx, "item", [item.id])
    return None


async def reorder_items(tx: Transaction, by: Standing, command: ReorderItems) -> Answer:
    require_open(by)
    order = await _order(tx, command.meeting_id)
    if sorted(order) != sorted(command.item_ids):
        raise Conflict("agenda_changed")
    await _put_in_order(tx, command.item_ids)
    return None


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
