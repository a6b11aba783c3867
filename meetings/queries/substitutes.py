"""Substitutes whom heads have named and nobody has consented to yet."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..database import Reading, Row
from ..models.meeting import participants, substitutions
from ..standing import Standing


async def asked_for(reading: Reading, by: Standing) -> Sequence[Row]:
    """Of a meeting: all that wait, for those who consent; one's own for whoever asked."""
    if by.meeting is None or by.meeting.state not in ("invited", "live"):
        return []
    joined = substitutions.join(participants, participants.c.id == substitutions.c.participant_id)
    head = (participants.c.name.label("head"), participants.c.title.label("head_title"), participants.c.agency_name)
    wanted = sa.select(substitutions, *head).select_from(joined).order_by(substitutions.c.asked_at, substitutions.c.id)
    here = sa.and_(substitutions.c.meeting_id == by.meeting.id, substitutions.c.state == "asked", ~participants.c.removed)
    if not (by.runs or by.organises):
        here = sa.and_(here, participants.c.id == (by.me.id if by.me else ""))
    return await reading.all(wanted.where(here))
