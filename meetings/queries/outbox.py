"""Mail that was sent to the product's own outbox page (setting mail=local), for those who organise its meeting."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..commands import Actor
from ..database import Reading, Row
from ..models.meeting import meetings, participants
from ..models.post import kept_mail, outbox


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    """Mail about meetings that the actor organises; and, as anybody reads his own mailbox, mail to himself."""
    secretary = sa.select(participants.c.meeting_id).where(
        participants.c.person_id == actor.person_id, participants.c.duty == "secretary", ~participants.c.removed
    )
    to_me = sa.select(participants.c.id).where(participants.c.person_id == actor.person_id)
    ways = [meetings.c.created_by == actor.person_id, meetings.c.id.in_(secretary), outbox.c.participant_id.in_(to_me)]
    if actor.staff:
        ways.append(meetings.c.host_agency_id == actor.agency_id)
    return sa.or_(*ways)


def _joined() -> sa.FromClause:
    return kept_mail.join(outbox, outbox.c.id == kept_mail.c.outbox_id).join(meetings, meetings.c.id == outbox.c.meeting_id)


async def kept_for(reading: Reading, actor: Actor, meeting_id: str = "") -> Sequence[Row]:
    """The newest hundred: id, facts, kept_at, method."""
    wanted = sa.select(outbox.c.id, outbox.c.facts, outbox.c.method, kept_mail.c.kept_at).select_from(_joined())
    wanted = wanted.where(_mine(actor)).order_by(kept_mail.c.kept_at.desc(), outbox.c.id).limit(100)
    return await reading.all(wanted.where(outbox.c.meeting_id == meeting_id) if meeting_id else wanted)


async def kept_message(reading: Reading, actor: Actor, outbox_id: str) -> Row:
    """One message's bytes and facts. Raises NotFound."""
    wanted = sa.select(outbox.c.id, outbox.c.facts, kept_mail.c.content, kept_mail.c.kept_at).select_from(_joined())
    return await reading.one(wanted.where(_mine(actor), outbox.c.id == outbox_id))
