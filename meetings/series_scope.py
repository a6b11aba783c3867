"""Under which lock a command runs that concerns all dates of a series: the series' own, then its meetings' in one order. So two such
commands wait for each other, and each for whatever is done to one of the meetings alone."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import sqlalchemy as sa

from .commands import Command, MeetingCommand
from .database import Reading, Row, Transaction
from .errors import Conflict
from .models.meeting import meetings


async def scope_of(reading: Reading, command: MeetingCommand) -> str:
    """The series of the command's meeting, or the meeting where it is of none."""
    found = await reading.value(sa.select(meetings.c.series_id).where(meetings.c.id == command.meeting_id))
    return str(found or command.meeting_id)


def require_locked(tx: Transaction, meeting: Row) -> None:
    """Raises Conflict when the meeting went into a series after the command's lock was chosen."""
    if meeting.series_id is not None and meeting.series_id not in tx.held:
        raise Conflict("series_changed")


@contextlib.asynccontextmanager
async def entered(tx: Transaction, command: Command) -> AsyncIterator[None]:
    """Within, the transaction is the command's meeting's. Raises Conflict when the meeting went to another series meanwhile."""
    if not isinstance(command, MeetingCommand) or tx.scope == command.meeting_id:
        yield
        return
    ids = await tx.column(sa.select(meetings.c.id).where(meetings.c.series_id == tx.scope).order_by(meetings.c.id))
    for key in ids:
        await tx.hold(key)
    now = await tx.value(sa.select(meetings.c.series_id).where(meetings.c.id == command.meeting_id))
    if now != tx.scope or command.meeting_id not in ids:
        raise Conflict("series_changed")
    async with tx.within(command.meeting_id):
        yield
