"""The mails of one meeting that is an event of its own: after a change, and when it is cancelled."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from . import clock, outbox
from .database import Row, Transaction
from .invitation_facts import SIGNIFICANT, Mail, Sender, facts_of, joined_series, last_sent, plan
from .models.meeting import meetings, participants, series

# An answer that lost its ground (RFC 5546, 2.1.4).
AGAIN = {"answer": "waiting", "answer_reason": "", "answered_at": None, "answer_by": "", "answered_series": False}


async def tell_meeting(tx: Transaction, meeting_id: str, sender: Sender) -> list[Mail]:
    """Queue what each has to learn of the meeting as it now is; ask again for the answers that lost their ground."""
    meeting = await tx.get(meetings, meeting_id)
    told = await last_sent(tx, meeting_id)
    sequence, mails = plan(told, await facts_of(tx, meeting, sender), meeting.sequence)
    await outbox.put_all(tx, [(meeting_id, mail.participant_id, mail.facts) for mail in mails])
    asked_again = [m.participant_id for m in mails if m.facts.method == "REQUEST" and SIGNIFICANT & set(m.facts.changes)]
    await tx.write(sa.update(participants).where(participants.c.id.in_(asked_again)).values(**AGAIN))
    await tx.update(meetings, meeting_id, sequence=sequence)
    return mails


async def tell_cancelled(tx: Transaction, meeting: Row, reason: str) -> list[Mail]:
    """Queue the CANCEL of the whole meeting to everybody who knows of it."""
    sequence = await raised(tx, meeting)
    told = await last_sent(tx, meeting.id)
    mails = [
        Mail(key, replace(facts, method="CANCEL", whole=True, sequence=sequence, dtstamp=clock.iso(tx.now), reason=reason, changes=()))
        for key, facts in told.items()
    ]
    await outbox.put_all(tx, [(meeting.id, mail.participant_id, mail.facts) for mail in mails])
    return mails


async def raised(tx: Transaction, meeting: Row) -> int:
    """The next SEQUENCE of the meeting, or of the series as whose date it goes out; every CANCEL needs one."""
    row = await joined_series(tx, meeting)
    table, key = (series, row.id) if row else (meetings, meeting.id)
    await tx.write(sa.update(table).where(table.c.id == key).values(sequence=table.c.sequence + 1))
    return int(await tx.value(sa.select(table.c.sequence).where(table.c.id == key)) or 0)
