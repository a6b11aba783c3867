"""Sending again, to all whom the last mail did not reach, and to nobody else."""

from __future__ import annotations

import sqlalchemy as sa

from meetings.database import Database
from meetings.models.post import outbox
from meetings.perform import perform
from meetings.queries.deliveries import Sending, deliveries, sending
from meetings.resending import SendAgainToAll
from tests.support.scheduled import open_office


async def test_what_did_not_arrive_is_sent_again_once(db: Database):
    office = await open_office(db)
    meeting = await office.draft()
    await office.send(meeting)
    states = dict(zip(("chair", "secretary", "b", "c", "khach"), ("sent", "failed", "bounced", "unsure", "queued"), strict=True))
    async with db.transaction(meeting) as tx:
        for row in await tx.all(sa.select(outbox.c.id, outbox.c.facts)):
            await tx.update(outbox, row.id, state=states[row.facts["recipient_email"].partition("@")[0]])
    async with db.reading() as r:
        assert await sending(r, meeting) == Sending(total=5, left=1)
    assert await perform(db, office.secretary, SendAgainToAll(meeting_id=meeting)) == {"again": 3}
    assert await perform(db, office.secretary, SendAgainToAll(meeting_id=meeting)) == {"again": 0}  # they are on their way
    async with db.reading() as r:
        again = await r.all(sa.select(outbox.c.facts, outbox.c.sequence).order_by(outbox.c.created_at.desc()).limit(3))
        last = await deliveries(r, meeting)
    assert {row.facts["recipient_email"].partition("@")[0] for row in again} == {"secretary", "b", "c"}
    assert {row.sequence for row in again} == {0}  # the same version
    assert sorted(row.state for row in last.values()) == ["queued"] * 4 + ["sent"]
