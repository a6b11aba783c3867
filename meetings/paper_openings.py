"""Who has opened which paper: once a person and paper, with the first and the last time. The secretary reads it; nobody else is
told, and no event tells of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from .audit import Answer
from .commands import MeetingCommand
from .database import Transaction
from .errors import NotFound, Refusal
from .models.beside import paper_openings
from .models.meeting import papers
from .standing import Standing
from .text import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPaper(MeetingCommand):
    paper_id: Id


async def open_papers(tx: Transaction, given: Sequence[tuple[Standing, OpenPaper]]) -> Sequence[Answer | Refusal]:
    """All that wait at once: before a meeting begins, everybody opens the same paper."""
    wanted = {command.paper_id for _, command in given}
    here = sa.and_(papers.c.meeting_id == tx.scope, papers.c.state == "approved", ~papers.c.removed, papers.c.id.in_(wanted))
    known = set(await tx.column(sa.select(papers.c.id).where(here)))
    opened = Counter((c.paper_id, by.me.id) for by, c in given if by.me is not None and c.paper_id in known)
    people = {participant for _, participant in opened}
    before = sa.select(paper_openings).where(paper_openings.c.paper_id.in_(known), paper_openings.c.participant_id.in_(people))
    earlier = {(row.paper_id, row.participant_id): row for row in await tx.all(before)}
    rows = []
    for (paper, participant), times in opened.items():
        row = earlier.get((paper, participant))
        rows.append({
            "paper_id": paper, "participant_id": participant, "meeting_id": tx.scope, "last_at": tx.now,
            "first_at": row.first_at if row else tx.now, "times": times + (row.times if row else 0),
        })  # fmt: skip
    await tx.upsert(paper_openings, rows, key=["paper_id", "participant_id"])
    return [None if command.paper_id in known else NotFound() for _, command in given]
