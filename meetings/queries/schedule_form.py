"""What the schedule form shows of a meeting beside the form itself: little, so that it comes quickly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..access import standing
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..models.meeting import papers
from .meetings import split_source


@dataclass(frozen=True, slots=True)
class FormPage:
    """`split_from`: (id, title) of the meeting whose items it took over, where the actor may see that one."""

    meeting: Row
    papers: Sequence[Row]
    split_from: Row | None


async def form_page(reading: Reading, actor: Actor, meeting_id: str) -> FormPage:
    """Raises NotFound to everybody who does not organise the meeting."""
    by = await standing(reading, meeting_id, actor)
    if by.meeting is None or not by.organises:
        raise NotFound
    kept = sa.select(papers).where(papers.c.meeting_id == meeting_id, ~papers.c.removed).order_by(papers.c.position)
    return FormPage(by.meeting, await reading.all(kept), await split_source(reading, actor, by.meeting))
