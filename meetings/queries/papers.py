"""One paper with its content, for whoever may see its meeting."""

from __future__ import annotations

import sqlalchemy as sa

from ..access import visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings, paper_contents, papers


async def paper_with_content(reading: Reading, actor: Actor, paper_id: str) -> Row:
    """Raises NotFound."""
    joined = papers.join(paper_contents, paper_contents.c.sha256 == papers.c.sha256).join(meetings, meetings.c.id == papers.c.meeting_id)
    mine = sa.and_(papers.c.id == paper_id, ~papers.c.removed, visible(actor))
    return await reading.one(sa.select(papers, paper_contents.c.content).select_from(joined).where(mine))
