"""What conclusions of meetings ask of an agency."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..access import visible
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings
from ..models.organisation import agencies
from ..models.room import conclusions
from .listing import in_state


async def tasks_of(reading: Reading, actor: Actor) -> Sequence[Row]:
    """Conclusions that the actor's agency leads or supports, of meetings that the actor may see; by due date."""
    if actor.kind != "account":
        return []
    joined = conclusions.join(meetings, meetings.c.id == conclusions.c.meeting_id).outerjoin(
        agencies, agencies.c.id == conclusions.c.lead_agency_id
    )
    named = sa.cast(conclusions.c.support_agency_ids, sa.Text).contains(actor.agency_id or "-")  # ids are hexadecimal: nothing to escape
    ours = sa.or_(conclusions.c.lead_agency_id == actor.agency_id, named)
    wanted = sa.select(conclusions, meetings.c.title, agencies.c.name.label("lead_name")).select_from(joined)
    return await reading.all(
        wanted.where(~conclusions.c.removed, ours, visible(actor), in_state("live", "finished"))
        .order_by(conclusions.c.due_on.is_(None), conclusions.c.due_on, conclusions.c.recorded_at)
    )  # fmt: skip
