"""Messages: the latest, as snapshots have them, and older ones on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..database import Reading
from ..models.beside import messages
from ..standing import Standing
from ..talk import message_view

LATEST = 50  # of a snapshot, and of a page of older ones
Views = dict[str, dict[str, Any]]


async def messages_to_room(reading: Reading, meeting_id: str) -> Views:
    return await _latest(reading, messages.c.meeting_id == meeting_id, messages.c.thread_id.is_(None))


async def letters_to_runners(reading: Reading, meeting_id: str) -> Views:
    """Of all threads together."""
    return await _latest(reading, messages.c.meeting_id == meeting_id, messages.c.thread_id.is_not(None))


async def letters_of(reading: Reading, meeting_id: str, participant_ids: Sequence[str]) -> dict[str, Views]:
    """The latest of each of these participants' threads, by participant."""
    theirs = sa.and_(messages.c.meeting_id == meeting_id, messages.c.thread_id.in_(participant_ids))
    back = sa.func.row_number().over(partition_by=messages.c.thread_id, order_by=messages.c.number.desc()).label("back")
    ranked = sa.select(messages, back).where(theirs).subquery()
    found: dict[str, Views] = {}
    for row in await reading.all(sa.select(ranked).where(ranked.c.back <= LATEST).order_by(ranked.c.number)):
        found.setdefault(row.thread_id, {})[row.id] = message_view(row)
    return found


async def older(reading: Reading, by: Standing, before: int, thread: bool) -> list[dict[str, Any]]:
    """Messages with a number below `before`, latest last: those to the room, or (`thread`) the letters that this actor may read."""
    if by.meeting is None or by.me is None:
        return []
    kind: sa.ColumnElement[bool] = messages.c.thread_id.is_(None)
    if thread:
        kind = messages.c.thread_id.is_not(None) if by.runs else messages.c.thread_id == by.me.id
    return list((await _latest(reading, messages.c.meeting_id == by.meeting.id, messages.c.number < before, kind)).values())


async def _latest(reading: Reading, *which: sa.ColumnElement[bool]) -> Views:
    rows = await reading.all(sa.select(messages).where(*which).order_by(messages.c.number.desc()).limit(LATEST))
    return {row.id: message_view(row) for row in reversed(rows)}
