"""One paper with its content, for whoever may see its meeting."""

from __future__ import annotations

import sqlalchemy as sa

from ..access import visible_meetings
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import paper_contents, papers


async def paper_with_content(reading: Reading, actor: Actor, paper_id: str) -> Row:
    """Raises NotFound."""
    joined = papers.join(paper_contents, paper_contents.c.sha256 == papers.c.sha256)
    mine = sa.and_(papers.c.id == paper_id, ~papers.c.removed, papers.c.meeting_id.in_(visible_meetings(actor)))
    return await reading.one(sa.select(papers, paper_contents.c.content).select_from(joined).where(mine))
