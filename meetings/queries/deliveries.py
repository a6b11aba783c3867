"""What became of the mails of one meeting: each participant's last one, and how far the last sending has come."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from ..access import standing
from ..commands import Actor
from ..database import Reading, Row
from ..errors import NotFound
from ..models.post import outbox
from ..outbox import TELLING


@dataclass(frozen=True, slots=True)
class Sending:
    """Of the mails that were queued together last."""

    total: int
    left: int


async def deliveries(reading: Reading, meeting_id: str) -> dict[str, Row]:
    """The last mail to each participant: (participant_id, state, error), without what it says."""
    columns = (outbox.c.participant_id, outbox.c.state, outbox.c.error)
    wanted = sa.select(*columns).where(_of(meeting_id)).order_by(outbox.c.created_at)
    return {row.participant_id: row for row in await reading.all(wanted)}


async def sending(reading: Reading, meeting_id: str) -> Sending:
    last = sa.select(sa.func.max(outbox.c.created_at)).where(_of(meeting_id)).scalar_subquery()
    counted = sa.select(outbox.c.state, sa.func.count().label("mails")).group_by(outbox.c.state)
    wanted = counted.where(_of(meeting_id), outbox.c.created_at == last)
    found = {row.state: int(row.mails) for row in await reading.all(wanted)}
    return Sending(sum(found.values()), found.get("queued", 0) + found.get("sending", 0))


async def sending_for(reading: Reading, actor: Actor, meeting_id: str) -> Sending:
    """Raises NotFound for whoever does not organise the meeting."""
    if not (await standing(reading, meeting_id, actor)).organises:
        raise NotFound
    return await sending(reading, meeting_id)


def _of(meeting_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.meeting_id == meeting_id, outbox.c.method.in_(TELLING))
