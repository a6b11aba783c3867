"""Remarks on the minutes: comments that those who run the meeting pin to passages, and what participants say while the minutes go
round. Both are threads, and are settled or taken over by those who run the meeting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Row, Transaction
from .errors import Conflict, Invalid, NotAllowed
from .minutes_circulation import require_reader, under_way
from .models.columns import new_id
from .models.meeting import items
from .models.minutes import minutes_readers, minutes_remarks
from .standing import Standing
from .text import Id, OptionalParagraph, Paragraph
from .views import announce

MOST_BY_ONE = 200  # remarks of one participant on the minutes of one meeting; those who run it write as many as they need
Position = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]{1,400}$")]  # a Yjs relative position, base64


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRemark(MeetingCommand):
    """`anchor`: from where to where in the item's text, for those who write it; `quote`: what stood there. With `parent_id`: an
    answer within that thread."""

    remark_id: Id = field(default_factory=new_id)
    item_id: Id | None = None
    parent_id: Id | None = None
    text: Paragraph
    quote: OptionalParagraph = ""
    anchor: tuple[Position, Position] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRemark(MeetingCommand):
    """One's own, while nobody has answered it."""

    remark_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleRemark(MeetingCommand):
    """`taken`: the text of the minutes was changed accordingly."""

    remark_id: Id
    state: Literal["open", "settled", "taken"]


async def add_remark(tx: Transaction, by: Standing, command: AddRemark) -> Answer:
    if by.meeting is None or by.me is None or by.meeting.state not in ("live", "finished"):
        raise Conflict("meeting_not_live")
    if by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    circulation = await under_way(tx, command.meeting_id)
    parent = await _parent(tx, by, command)
    item_id = parent.item_id if parent is not None else command.item_id
    if item_id is not None:
        here = sa.and_(items.c.id == item_id, items.c.meeting_id == command.meeting_id)
        if await tx.first(sa.select(items.c.id).where(here)) is None:
            raise Invalid("item_unknown", "item_id")
    if not by.runs:
        await _require_few(tx, by.me.id)
        await _answered(tx, require_reader(circulation), by.me.id)
    if await tx.first(sa.select(minutes_remarks.c.id).where(minutes_remarks.c.id == command.remark_id)):
        raise Conflict("remark_known")
    await tx.insert(
        minutes_remarks, id=command.remark_id, meeting_id=command.meeting_id, item_id=item_id, parent_id=command.parent_id,
        circulation_id=circulation.id if circulation is not None and not by.runs else None, participant_id=by.me.id,
        text=command.text, quote=command.quote, anchor=list(command.anchor) if command.anchor and by.runs else None, made_at=tx.now,
    )  # fmt: skip
    await announce(tx, "remark", [command.remark_id])
    return {"remark_id": command.remark_id}


async def withdraw_remark(tx: Transaction, by: Standing, command: WithdrawRemark) -> Answer:
    if by.meeting is not None and by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    here = sa.and_(minutes_remarks.c.id == command.remark_id, minutes_remarks.c.meeting_id == command.meeting_id)
    remark = await tx.one(sa.select(minutes_remarks).where(here))
    if by.me is None or remark.participant_id != by.me.id:
        raise NotAllowed("not_allowed")
    answers = sa.select(minutes_remarks.c.id).where(minutes_remarks.c.parent_id == remark.id)
    if remark.state != "open" or await tx.first(answers) is not None:
        raise Conflict("remark_answered")
    await tx.write(sa.delete(minutes_remarks).where(here))
    await announce(tx, "remark", [remark.id])
    return None


async def settle_remark(tx: Transaction, by: Standing, command: SettleRemark) -> Answer:
    if by.meeting is not None and by.meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")
    here = sa.and_(minutes_remarks.c.id == command.remark_id, minutes_remarks.c.meeting_id == command.meeting_id)
    await tx.one(sa.select(minutes_remarks.c.id).where(here, minutes_remarks.c.parent_id.is_(None)))
    await tx.update(minutes_remarks, command.remark_id, state=command.state)
    await announce(tx, "remark", [command.remark_id])
    return None


async def _parent(tx: Transaction, by: Standing, command: AddRemark) -> Row | None:
    """The beginning of the thread. Raises NotFound, or NotAllowed to a participant when it is somebody else's."""
    if command.parent_id is None:
        return None
    here = sa.and_(minutes_remarks.c.id == command.parent_id, minutes_remarks.c.meeting_id == command.meeting_id)
    parent = await tx.one(sa.select(minutes_remarks).where(here, minutes_remarks.c.parent_id.is_(None)))
    if not by.runs and (by.me is None or parent.participant_id != by.me.id):
        raise NotAllowed("not_allowed")
    return parent


async def _require_few(tx: Transaction, participant_id: str) -> None:
    mine = sa.and_(minutes_remarks.c.meeting_id == tx.scope, minutes_remarks.c.participant_id == participant_id)
    if (await tx.value(sa.select(sa.func.count()).where(mine)) or 0) >= MOST_BY_ONE:
        raise Conflict("remarks_many", most=MOST_BY_ONE)


async def _answered(tx: Transaction, circulation: Row, participant_id: str) -> None:
    mine = sa.and_(minutes_readers.c.circulation_id == circulation.id, minutes_readers.c.participant_id == participant_id)
    if await tx.write(sa.update(minutes_readers).where(mine).values(answered_at=tx.now, agreed=False)) == 0:
        raise NotAllowed("not_asked_for_remarks")
