"""Mail that was sent to the product's own outbox page (setting mail=local), for those who organise its meeting."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..access import organised
from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings, participants
from ..models.post import kept_mail, outbox


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    """Mail about meetings that the actor organises; and, as anybody reads his own mailbox, mail to himself."""
    to_me = sa.select(participants.c.id).where(participants.c.person_id == actor.person_id)
    return sa.or_(organised(actor), outbox.c.participant_id.in_(to_me), outbox.c.person_id == actor.person_id)


def _joined() -> sa.FromClause:
    return kept_mail.join(outbox, outbox.c.id == kept_mail.c.outbox_id).outerjoin(meetings, meetings.c.id == outbox.c.meeting_id)


async def kept_for(reading: Reading, actor: Actor, meeting_id: str = "") -> Sequence[Row]:
    """The newest hundred: id, facts, kept_at, method."""
    wanted = sa.select(outbox.c.id, outbox.c.facts, outbox.c.method, kept_mail.c.kept_at).select_from(_joined())
    wanted = wanted.where(_mine(actor)).order_by(kept_mail.c.kept_at.desc(), outbox.c.id).limit(100)
    return await reading.all(wanted.where(outbox.c.meeting_id == meeting_id) if meeting_id else wanted)


async def kept_message(reading: Reading, actor: Actor, outbox_id: str) -> Row:
    """One message's bytes and facts. Raises NotFound."""
    columns = (outbox.c.id, outbox.c.meeting_id, outbox.c.method, outbox.c.facts, kept_mail.c.content, kept_mail.c.kept_at)
    wanted = sa.select(*columns).select_from(_joined())
    return await reading.one(wanted.where(_mine(actor), outbox.c.id == outbox_id))
