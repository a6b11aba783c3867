"""One paper for whoever may see its meeting: what it is, its content or a part of it; and who has opened which."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..access import visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.beside import paper_openings
from ..models.meeting import meetings, paper_contents, papers, participants


async def paper_of(reading: Reading, actor: Actor, paper_id: str) -> Row:
    """Raises NotFound."""
    mine = sa.and_(papers.c.id == paper_id, ~papers.c.removed, visible(actor))
    return await reading.one(sa.select(papers).select_from(papers.join(meetings, meetings.c.id == papers.c.meeting_id)).where(mine))


async def content_of(reading: Reading, sha256: str, start: int, stop: int) -> bytes:
    """The bytes from `start` up to and without `stop`."""
    part = sa.func.substr(paper_contents.c.content, start + 1, stop - start, type_=sa.LargeBinary)
    return bytes(await reading.value(sa.select(part).where(paper_contents.c.sha256 == sha256)) or b"")


async def opened_by_how_many(reading: Reading, meeting_id: str) -> dict[str, int]:
    """Of those now invited; by paper."""
    counts = sa.select(paper_openings.c.paper_id, sa.func.count().label("n")).select_from(_by_invited())
    rows = await reading.all(counts.where(paper_openings.c.meeting_id == meeting_id).group_by(paper_openings.c.paper_id))
    return {row.paper_id: row.n for row in rows}


async def openings_of(reading: Reading, meeting_id: str, paper_id: str) -> Sequence[Row]:
    """Rows (participant_id, first_at, times ...) of those now invited, the first to open it first."""
    here = sa.and_(paper_openings.c.meeting_id == meeting_id, paper_openings.c.paper_id == paper_id)
    wanted = sa.select(paper_openings).select_from(_by_invited()).where(here)
    return await reading.all(wanted.order_by(paper_openings.c.first_at, paper_openings.c.participant_id))


def _by_invited() -> sa.FromClause:
    return paper_openings.join(participants, sa.and_(participants.c.id == paper_openings.c.participant_id, ~participants.c.removed))
