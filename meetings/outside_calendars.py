"""Calendars that are kept elsewhere: added and removed by their owner; claimed, read and marked by the reader in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import Command, secret
from .database import Database, Row, Transaction
from .errors import Conflict
from .feeds import Owner, owner_of, require_owner
from .models.outside import outside_busy, outside_calendars
from .spans import Span
from .standing import Standing
from .text import Id, Line, OptionalLine

SCOPE = "outside"
MOST = 10  # of one owner
LEASE, EVERY = timedelta(minutes=5), timedelta(hours=1)
SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=6)  # of the next try after a failure
STALE = timedelta(days=1)  # what was not read for so long tells nothing any more


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOutsideCalendar(Command):
    """`sealed`: its address, account and password, readable by the installation alone; `host`: what is shown of them."""

    calendar_id: Id
    whose: Owner
    owner_id: Id
    kind: Literal["ics", "caldav"]
    host: Line
    label: OptionalLine = ""
    sealed: Annotated[str, Field(max_length=8000)] = field(metadata=secret())


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOutsideCalendar(Command):
    """With the busy time that came from it."""

    calendar_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutsideCalendar(Command):
    """Now, whatever happened before."""

    calendar_id: Id


async def add_outside(tx: Transaction, by: Standing, command: AddOutsideCalendar) -> Answer:
    await require_owner(tx, by.actor, command.whose, command.owner_id)
    column = outside_calendars.c[f"{command.whose}_id"]
    if await tx.value(sa.select(sa.func.count()).where(column == command.owner_id)) >= MOST:
        raise Conflict("outside_too_many", "url", most=MOST)
    await tx.insert(
        outside_calendars, id=command.calendar_id, kind=command.kind, host=command.host, label=command.label, sealed=command.sealed,
        made_by=by.actor.name, next_at=tx.now, created_at=tx.now, **{column.name: command.owner_id},
    )  # fmt: skip
    tx.wake.add(SCOPE)
    return {"calendar_id": command.calendar_id}


async def remove_outside(tx: Transaction, by: Standing, command: RemoveOutsideCalendar) -> Answer:
    row = await _own(tx, by, command.calendar_id)
    await tx.write(sa.delete(outside_busy).where(outside_busy.c.calendar_id == row.id))
    await tx.write(sa.delete(outside_calendars).where(outside_calendars.c.id == row.id))
    return None


async def read_outside(tx: Transaction, by: Standing, command: ReadOutsideCalendar) -> Answer:
    row = await _own(tx, by, command.calendar_id)
    await tx.update(outside_calendars, row.id, next_at=tx.now)
    tx.wake.add(SCOPE)
    return None


async def _own(tx: Transaction, by: Standing, calendar_id: str) -> Row:
    row = await tx.get(outside_calendars, calendar_id)
    await require_owner(tx, by.actor, *owner_of(row))
    return row


def wait_after(failures: int) -> timedelta:
    """Five minutes, doubling, never more than six hours."""
    return min(timedelta(seconds=SOONEST.total_seconds() * (1 << min(failures - 1, 10))), LATEST)


class OutsideCalendars:
    """What the reader does with the rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def claim(self, limit: int) -> Sequence[Row]:
        """Lease up to `limit` that are due. Whoever dies while reading leaves them to be claimed after the lease."""
        c = outside_calendars.c
        async with self._db.transaction(SCOPE) as tx:
            free = sa.or_(c.lease_until.is_(None), c.lease_until < tx.now)
            rows = await tx.all(sa.select(outside_calendars).where(c.next_at <= tx.now, free).order_by(c.next_at).limit(limit))
            mine = c.id.in_([row.id for row in rows])
            await tx.write(sa.update(outside_calendars).where(mine).values(lease_until=tx.now + LEASE))
        return rows

    async def keep(self, row: Row, spans: Sequence[Span], until: datetime, *, etag: str, modified: str) -> None:
        """In place of what was known before. `until`: how far ahead the spans tell."""
        async with self._db.transaction(SCOPE) as tx:
            said = {"etag": etag[:300], "modified": modified[:300], "covers_until": until, "spans": len(spans)}
            if not await self._mark(tx, row, fault="", detail="", failures=0, read_at=tx.now, next_at=tx.now + EVERY, **said):
                return  # removed meanwhile
            await tx.write(sa.delete(outside_busy).where(outside_busy.c.calendar_id == row.id))
            await tx.insert_many(outside_busy, [{"calendar_id": row.id, "starts_at": a, "ends_at": b} for a, b in spans])

    async def unchanged(self, row: Row) -> None:
        async with self._db.transaction(SCOPE) as tx:
            await self._mark(tx, row, fault="", detail="", failures=0, read_at=tx.now, next_at=tx.now + EVERY)

    async def failed(self, row: Row, fault: str, detail: str) -> None:
        """What was last read stays."""
        async with self._db.transaction(SCOPE) as tx:
            again = tx.now + wait_after(row.failures + 1)
            await self._mark(tx, row, fault=fault, detail=detail[:300], failures=row.failures + 1, next_at=again)

    async def _mark(self, tx: Transaction, row: Row, **values: Any) -> bool:
        mine = outside_calendars.c.id == row.id
        return await tx.write(sa.update(outside_calendars).where(mine).values(lease_until=None, **values)) > 0
