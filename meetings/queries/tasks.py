"""What conclusions of meetings ask of an agency."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..access import visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings
from ..models.organisation import agencies
from ..models.room import conclusion_agencies, conclusions
from .listing import in_state

MOST = 200


async def tasks_of(reading: Reading, actor: Actor, most: int = MOST) -> Sequence[Row]:
    """Conclusions that the actor's agency leads or supports, of meetings that the actor may see; by due date, `most` at most."""
    if actor.kind != "account":
        return []
    ours = conclusion_agencies.c.agency_id == actor.agency_id
    joined = (
        conclusion_agencies.join(conclusions, conclusions.c.id == conclusion_agencies.c.conclusion_id)
        .join(meetings, meetings.c.id == conclusions.c.meeting_id)
        .outerjoin(agencies, agencies.c.id == conclusions.c.lead_agency_id)
    )
    wanted = sa.select(conclusions, meetings.c.title, agencies.c.name.label("lead_name")).select_from(joined)
    return await reading.all(
        wanted.where(ours, ~conclusions.c.removed, visible(actor), in_state("live", "finished"))
        .order_by(conclusions.c.due_on.is_(None), conclusions.c.due_on, conclusions.c.recorded_at).limit(most)
    )  # fmt: skip
