"""Private notes, for their owner alone: nothing here takes anybody else's word for whose they are."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..access import standing
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..models.beside import notes
from ..notes import owner_of


async def notes_of(reading: Reading, actor: Actor, meeting_id: str) -> Sequence[Row]:
    """The actor's own notes of this meeting. Raises NotFound to whoever is not invited."""
    owner = owner_of(await standing(reading, meeting_id, actor))
    if not owner:
        raise NotFound
    mine = sa.and_(notes.c.meeting_id == meeting_id, notes.c.owner == owner)
    return await reading.all(sa.select(notes).where(mine).order_by(notes.c.about, notes.c.about_id))
