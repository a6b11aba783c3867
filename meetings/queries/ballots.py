"""The record of a ballot as one file, for those who organise or run its meeting."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from .. import clock
from ..access import standing
from ..ballot_record import FORMAT, entry_of
from ..commands import Actor
from ..database import Reading
from ..errors import NotAllowed
from ..models.room import ballot_entries, ballots


async def record_of(reading: Reading, actor: Actor, meeting_id: str, ballot_id: str) -> dict[str, Any]:
    """{format, meeting, exported_at, entries: [{seq, at, what, data, hash}], seal}: `seal` is the hash of the last entry. Raises
    NotFound, or NotAllowed to whoever sees the meeting but not how each one voted."""
    by = await standing(reading, meeting_id, actor)
    ballot = await reading.one(sa.select(ballots).where(ballots.c.id == ballot_id, ballots.c.meeting_id == meeting_id))
    if not (by.runs or by.organises):
        raise NotAllowed("not_allowed")
    rows = await reading.all(
        sa.select(ballot_entries).where(ballot_entries.c.ballot_id == ballot_id).order_by(ballot_entries.c.seq)
    )
    entries = [entry_of(row.seq, row.at, row.what, row.data) | {"hash": row.hash} for row in rows]
    title = by.meeting.title if by.meeting is not None else ""
    return {
        "format": FORMAT, "meeting": title, "exported_at": clock.iso(clock.now()), "entries": entries, "seal": ballot.record_hash,
    }  # fmt: skip
