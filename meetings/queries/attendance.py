"""Each time that somebody was there."""

from __future__ import annotations

import sqlalchemy as sa

from ..database import Reading, Row
from ..models.meeting import stays


async def stays_of(reading: Reading, meeting_id: str) -> dict[str, list[Row]]:
    """The meeting's stays by participant, in order."""
    found: dict[str, list[Row]] = {}
    for row in await reading.all(sa.select(stays).where(stays.c.meeting_id == meeting_id).order_by(stays.c.came_at)):
        found.setdefault(row.participant_id, []).append(row)
    return found
