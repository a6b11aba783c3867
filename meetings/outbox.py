"""Mail to send: put in the transaction of the change; claimed, sent and marked by the mailer. At most once a recipient
and version: a claimed row is leased, and a row whose sender died mid-way is sent again only after its lease has run out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from . import clock
from .database import Database, Reading, Row, Transaction
from .invitation import Invitation
from .models.columns import new_id
from .models.post import kept_mail, outbox
from .notice import Notice

SCOPE = "outbox"
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: str
    message_id: str
    facts: Invitation | Notice
    attempts: int


def wait_before(attempt: int) -> timedelta:
    """How long before the next try: half a minute, doubling, never more than six hours."""
    return timedelta(seconds=min(30 << (attempt - 1), 6 * 3600))


async def put(tx: Transaction, participant_id: str, facts: Invitation | Notice) -> None:
    """Queue one mail to one recipient, in the transaction of the meeting's change."""
    key = new_id()
    domain = facts.domain if isinstance(facts, Notice) else facts.uid.rpartition("@")[2]
    await tx.insert(
        outbox, id=key, meeting_id=tx.scope, participant_id=participant_id, method=facts.method, sequence=facts.sequence,
        message_id=f"<{key}@{domain}>", facts=facts.to_json(), next_at=tx.now, created_at=tx.now,
    )  # fmt: skip
    tx.wake.add(SCOPE)


async def latest(reading: Reading, participant_id: str) -> Row | None:
    """The last invitation or cancellation for this participant, whatever became of it."""
    mine = sa.and_(outbox.c.participant_id == participant_id, outbox.c.method.in_(("REQUEST", "CANCEL")))
    return await reading.first(sa.select(outbox).where(mine).order_by(outbox.c.sequence.desc(), outbox.c.created_at.desc()))


async def put_again(tx: Transaction, participant_id: str, facts: Invitation) -> None:
    """The same once more: same version, new DTSTAMP."""
    await put(tx, participant_id, replace(facts, dtstamp=clock.iso(tx.now), changes=()))


def _facts_of(row: Any) -> Invitation | Notice:
    return Notice.from_json(row.facts) if row.method == "NOTICE" else Invitation.from_json(row.facts)


class Outbox:
    """What the mailer does with the rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def claim(self, limit: int) -> list[OutboxRow]:
        """Lease up to `limit` rows that are due. Whoever dies while sending leaves them to be claimed after the lease."""
        async with self._db.transaction(SCOPE) as tx:
            due = sa.or_(
                sa.and_(outbox.c.state == "queued", outbox.c.next_at <= tx.now),
                sa.and_(outbox.c.state == "sending", outbox.c.lease_until < tx.now),
            )
            rows = await tx.all(sa.select(outbox).where(due).order_by(outbox.c.next_at).limit(limit))
            leased = {"state": "sending", "lease_until": tx.now + LEASE, "attempts": outbox.c.attempts + 1}
            await tx.write(sa.update(outbox).where(outbox.c.id.in_([r.id for r in rows])).values(**leased))
        return [OutboxRow(r.id, r.message_id, _facts_of(r), r.attempts + 1) for r in rows]

    async def sent(self, row: OutboxRow) -> None:
        await self._mark(row, state="sent", error="")

    async def failed(self, row: OutboxRow, error: str, permanent: bool) -> None:
        """Try again later, or give up: when the server said no for good, or after MOST_ATTEMPTS."""
        if permanent or row.attempts >= MOST_ATTEMPTS:
            await self._mark(row, state="failed", error=error)
        else:
            await self._mark(row, state="queued", error=error, wait=wait_before(row.attempts))

    async def keep(self, row_id: str, content: bytes) -> None:
        """Store a message for the product's own outbox page (setting mail=local)."""
        async with self._db.transaction(SCOPE) as tx:
            await tx.upsert(kept_mail, [{"outbox_id": row_id, "content": content, "kept_at": tx.now}], key=["outbox_id"])

    async def _mark(self, row: OutboxRow, *, state: str, error: str, wait: timedelta | None = None) -> None:
        async with self._db.transaction(SCOPE) as tx:
            values: dict[str, Any] = {"state": state, "error": error[:1000], "lease_until": None}
            if state == "sent":
                values["sent_at"] = tx.now
            if wait is not None:
                values["next_at"] = tx.now + wait
            mine = sa.and_(outbox.c.id == row.id, outbox.c.state == "sending", outbox.c.attempts == row.attempts)
            await tx.write(sa.update(outbox).where(mine).values(**values))
