"""Conclusions of the chair: what is to be done, by which agency, with whom, until when (Decision 45/2018, article 14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import Conflict, Invalid
from .models.columns import new_id
from .models.meeting import items
from .models.organisation import agencies
from .models.room import conclusion_agencies, conclusions
from .standing import Standing
from .text import Id, Paragraph
from .views import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConclusion(MeetingCommand):
    """New when `conclusion_id` is None or unknown here; else the whole of it is replaced."""

    conclusion_id: Id = field(default_factory=new_id)
    item_id: Id | None = None
    text: Paragraph
    lead_agency_id: Id | None = None
    support_agency_ids: Annotated[list[Id], Field(max_length=100)] = field(default_factory=list)
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveConclusion(MeetingCommand):
    conclusion_id: Id


async def record_conclusion(tx: Transaction, by: Standing, command: RecordConclusion) -> Answer:
    _require_writable(by)
    await _require_known(tx, command)
    known = await tx.first(sa.select(conclusions).where(conclusions.c.id == command.conclusion_id))
    if known is not None and known.meeting_id != command.meeting_id:
        raise Invalid("conclusion_unknown", "conclusion_id")
    said = {
        "item_id": command.item_id, "text": command.text, "lead_agency_id": command.lead_agency_id,
        "support_agency_ids": [a for a in dict.fromkeys(command.support_agency_ids) if a != command.lead_agency_id],
        "due_on": command.due_on, "removed": False,
    }  # fmt: skip
    if known:
        await tx.update(conclusions, known.id, **said)
    else:
        here = conclusions.c.meeting_id == command.meeting_id
        last = await tx.value(sa.select(sa.func.max(conclusions.c.position)).where(here))
        place = {"meeting_id": command.meeting_id, "position": (last or 0) + 1, "recorded_at": tx.now}
        await tx.insert(conclusions, id=command.conclusion_id, **said, **place)
    await _give(tx, command)
    await announce(tx, "conclusion", [command.conclusion_id])
    return {"conclusion_id": command.conclusion_id}


async def _give(tx: Transaction, command: RecordConclusion) -> None:
    key = command.conclusion_id
    await tx.write(sa.delete(conclusion_agencies).where(conclusion_agencies.c.conclusion_id == key))
    given = [{"agency_id": agency, "conclusion_id": key} for agency in _named(command)]
    await tx.insert_many(conclusion_agencies, given)


def _named(command: RecordConclusion) -> set[str]:
    return {*command.support_agency_ids, *([command.lead_agency_id] if command.lead_agency_id else [])}


async def remove_conclusion(tx: Transaction, by: Standing, command: RemoveConclusion) -> Answer:
    _require_writable(by)
    here = sa.and_(conclusions.c.id == command.conclusion_id, conclusions.c.meeting_id == command.meeting_id)
    await tx.one(sa.select(conclusions.c.id).where(here))
    await tx.update(conclusions, command.conclusion_id, removed=True)
    await announce(tx, "conclusion", [command.conclusion_id])
    return None


def _require_writable(by: Standing) -> None:
    meeting = by.meeting
    if meeting is None or meeting.state not in ("live", "finished"):
        raise Conflict("meeting_not_live")
    if meeting.minutes_state == "approved":
        raise Conflict("minutes_locked")


async def _require_known(tx: Transaction, command: RecordConclusion) -> None:
    """Raises Invalid for an item of another meeting, or an agency that does not exist."""
    if command.item_id is not None:
        here = sa.and_(items.c.id == command.item_id, items.c.meeting_id == command.meeting_id)
        if await tx.first(sa.select(items.c.id).where(here)) is None:
            raise Invalid("item_unknown", "item_id")
    named = _named(command)
    known = await tx.column(sa.select(agencies.c.id).where(agencies.c.id.in_(named)))
    if len(known) < len(named):
        raise Invalid("agency_unknown", "lead_agency_id")
