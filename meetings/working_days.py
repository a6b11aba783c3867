"""Keeping when agencies work: their hours, and days that are worked or free against the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from pydantic import StringConstraints

from .agency_tree import everywhere, require_agency
from .audit import Answer
from .commands import Command
from .database import Transaction
from .errors import Conflict, Invalid, NotAllowed
from .models.columns import new_id
from .models.organisation import agencies
from .models.working import marked_days, working_hours
from .standing import Standing
from .text import Id, Line, OptionalLine
from .working_time import hours_of

Weekdays = Annotated[str, StringConstraints(pattern=r"^[0-6]{0,7}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveWorkingHours(Command):
    """`parts`: of a working day, `07:30-11:30, 13:30-17:00`; empty: as the agency above it works. `weekdays`: 0 is Monday."""

    agency_id: Id
    parts: OptionalLine = ""
    weekdays: Weekdays = "01234"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkDay(Command):
    """For one agency and those below it; for all without an agency."""

    agency_id: Id | None = None
    day: date
    works: bool = False
    name: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmarkDay(Command):
    day_id: Id


async def save_hours(tx: Transaction, by: Standing, command: SaveWorkingHours) -> Answer:
    await require_agency(tx, by.actor, command.agency_id)
    await tx.get(agencies, command.agency_id)
    if not command.parts:
        await tx.write(sa.delete(working_hours).where(working_hours.c.agency_id == command.agency_id))
        return None
    try:
        hours = hours_of(command.parts.split(","))
    except ValueError:
        raise Invalid("working_hours", "parts") from None
    if not command.weekdays:
        raise Invalid("no_weekday", "weekdays")
    said = ", ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in hours.parts)
    row = {"agency_id": command.agency_id, "parts": said, "weekdays": "".join(sorted(set(command.weekdays)))}
    await tx.upsert(working_hours, [row], ["agency_id"])
    return None


async def mark_day(tx: Transaction, by: Standing, command: MarkDay) -> Answer:
    await _require_of(tx, by, command.agency_id)
    if command.agency_id is not None:
        await tx.get(agencies, command.agency_id)
    same = sa.and_(marked_days.c.day == command.day, marked_days.c.agency_id.is_not_distinct_from(command.agency_id))
    if await tx.first(sa.select(marked_days.c.id).where(same)):
        raise Conflict("day_marked", "day")
    key = new_id()
    await tx.insert(marked_days, id=key, agency_id=command.agency_id, day=command.day, works=command.works, name=command.name)
    return {"day_id": key}


async def unmark_day(tx: Transaction, by: Standing, command: UnmarkDay) -> Answer:
    day = await tx.get(marked_days, command.day_id)
    await _require_of(tx, by, day.agency_id)
    await tx.write(sa.delete(marked_days).where(marked_days.c.id == day.id))
    return None


async def _require_of(tx: Transaction, by: Standing, agency_id: str | None) -> None:
    if agency_id is not None:
        await require_agency(tx, by.actor, agency_id)
    elif not everywhere(by.actor):
        raise NotAllowed("not_allowed")
