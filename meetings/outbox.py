"""Mail to send: put in the transaction of the change; claimed, handed over and marked by the mailer. At most once a recipient and
version: that a mail is being handed to the mail server is durably written before; whoever dies then leaves a row that is `unsure`
and is sent again by a person only. A row that was claimed and not yet handed over is claimed anew after its lease.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from . import clock
from .commands import ORGANISATION
from .database import SLICE, Database, Reading, Row, Transaction
from .invitation import Invitation
from .models.columns import new_id
from .models.meeting import series
from .models.post import kept_mail, outbox
from .notice import Notice
from .outgoing import Claimed, Outcome

SCOPE = "outbox"
LEASE = timedelta(minutes=5)
TELLING = ("REQUEST", "CANCEL")  # what an invited person knows of the meeting
Facts = Invitation | Notice


async def put(tx: Transaction, participant_id: str, facts: Facts) -> None:
    """Queue one mail to one recipient, in the transaction of the meeting's change."""
    await put_many(tx, [(participant_id, facts)])


async def put_many(tx: Transaction, mails: Sequence[tuple[str, Facts]]) -> None:
    """Queue mails, each to its participant."""
    await put_all(tx, [(tx.scope, participant_id, facts) for participant_id, facts in mails])


async def put_all(tx: Transaction, mails: Sequence[tuple[str, str, Facts]]) -> None:
    """Queue mails of several meetings: (meeting_id, participant_id, what it says)."""
    uids = {facts.uid for _, _, facts in mails if isinstance(facts, Invitation)}
    of_series = {row.uid: row.id for row in await tx.all(sa.select(series.c.uid, series.c.id).where(series.c.uid.in_(uids)))}
    for start in range(0, len(mails), SLICE):  # made when they are written, so that nobody waits for all of them
        rows = [_row(tx, facts, of_series, meeting_id, participant_id=key) for meeting_id, key, facts in mails[start : start + SLICE]]
        await tx.insert_many(outbox, rows)
    tx.wake.add(SCOPE)


async def put_to_people(tx: Transaction, mails: Sequence[tuple[str, Notice]]) -> None:
    """Queue notices to people by themselves, not as participants, each to its person; about the meeting that is being changed, or about
    none in particular."""
    meeting_id = tx.scope if tx.scope != ORGANISATION else None
    await tx.insert_many(outbox, [_row(tx, notice, {}, meeting_id, person_id=key) for key, notice in mails])
    tx.wake.add(SCOPE)


def _row(
    tx: Transaction, facts: Facts, of_series: Mapping[str, str], meeting_id: str | None, *, participant_id: str | None = None,
    person_id: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    key = new_id()
    domain = facts.domain if isinstance(facts, Notice) else facts.uid.rpartition("@")[2]
    return {
        "id": key, "meeting_id": meeting_id, "participant_id": participant_id, "person_id": person_id, "method": facts.method,
        "series_id": of_series.get(facts.uid) if isinstance(facts, Invitation) else None,
        "sequence": facts.sequence, "message_id": f"<{key}@{domain}>", "facts": facts.to_json(), "next_at": tx.now, "created_at": tx.now,
    }  # fmt: skip


async def latest(reading: Reading, participant_id: str) -> Row | None:
    """The last invitation or cancellation for this participant, whatever became of it."""
    mine = sa.and_(outbox.c.participant_id == participant_id, outbox.c.method.in_(TELLING))
    return await reading.first(sa.select(outbox).where(mine).order_by(outbox.c.sequence.desc(), outbox.c.created_at.desc()))


async def put_again(tx: Transaction, participant_id: str, facts: Invitation) -> None:
    """The same once more: same version, new DTSTAMP."""
    await put(tx, participant_id, replace(facts, dtstamp=clock.iso(tx.now), changes=()))


class Outbox:
    """What the mailer does with the rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def claim(self, limit: int) -> list[Claimed]:
        """Lease up to `limit` rows that are due; of several workers, one gets each."""
        async with self._db.transaction(SCOPE) as tx:
            stale = sa.and_(outbox.c.state == "sending", outbox.c.lease_until < tx.now)
            lost = sa.update(outbox).where(stale, outbox.c.handed_at.is_not(None))
            await tx.write(lost.values(state="unsure", lease_until=None))
            queued = sa.and_(outbox.c.state == "queued", outbox.c.next_at <= tx.now)
            due = await tx.column(sa.select(outbox.c.id).where(queued).order_by(outbox.c.next_at).limit(limit))
            due += await tx.column(sa.select(outbox.c.id).where(stale).limit(limit - len(due)))
            if not due:
                return []
            leased = {"state": "sending", "lease_until": tx.now + LEASE, "attempts": outbox.c.attempts + 1, "handed_at": None}
            taken = sa.update(outbox).where(outbox.c.id.in_(due), sa.or_(queued, stale)).values(**leased)
            facts = sa.cast(outbox.c.facts, sa.Text).label("facts")
            rows = await tx.all(taken.returning(outbox.c.id, outbox.c.message_id, outbox.c.method, facts, outbox.c.attempts))
        place = {key: n for n, key in enumerate(due)}
        claimed = [Claimed(row.id, row.message_id, row.method, row.facts, row.attempts) for row in rows]
        return sorted(claimed, key=lambda row: place[row.id])

    async def release(self, rows: Sequence[Claimed]) -> None:
        """Not handed over after all: whoever comes next may have them at once."""
        mine = sa.and_(_these(rows), outbox.c.state == "sending", outbox.c.handed_at.is_(None))
        async with self._db.transaction(SCOPE) as tx:
            await tx.write(sa.update(outbox).where(mine).values(state="queued", lease_until=None, attempts=outbox.c.attempts - 1))

    async def record(self, outcomes: Sequence[Outcome], handed: Sequence[Claimed]) -> set[str]:
        """What became of some, and that others are handed over from now on: the ids of those that may be."""
        async with self._db.transaction(SCOPE) as tx:
            if outcomes:
                await tx.write(_SETTLE, [_settled(outcome, tx) for outcome in outcomes])
            if not handed:
                return set()
            mine = sa.and_(_these(handed), outbox.c.state == "sending", outbox.c.handed_at.is_(None))
            begun = sa.update(outbox).where(mine).values(handed_at=tx.now, lease_until=tx.now + LEASE)
            return set(await tx.column(begun.returning(outbox.c.id)))

    async def keep(self, mails: Sequence[tuple[Claimed, bytes]]) -> None:
        """Store messages for the product's own outbox page (setting mail=local)."""
        async with self._db.transaction(SCOPE) as tx:
            kept = [{"outbox_id": row.id, "content": content, "kept_at": tx.now} for row, content in mails]
            await tx.upsert(kept_mail, kept, key=["outbox_id"])
            await tx.write(_SETTLE, [_settled(Outcome(row, "sent"), tx) for row, _ in mails])


def _these(rows: Sequence[Claimed]) -> sa.ColumnElement[bool]:
    """As they were claimed by this worker: `attempts` tells its claim from a later one."""
    return sa.tuple_(outbox.c.id, outbox.c.attempts).in_([(row.id, row.attempts) for row in rows])


_SETTLE = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("key"), outbox.c.attempts == sa.bindparam("attempt"), outbox.c.state == "sending")
    .values(
        state=sa.bindparam("now_is"), error=sa.bindparam("said"), next_at=sa.bindparam("again"), sent_at=sa.bindparam("went"),
        lease_until=sa.null(),
    )
)  # fmt: skip


def _settled(outcome: Outcome, tx: Transaction) -> dict[str, Any]:
    return {
        "key": outcome.row.id, "attempt": outcome.row.attempts, "now_is": outcome.state, "said": outcome.error[:1000],
        "again": tx.now + outcome.wait, "went": tx.now if outcome.state == "sent" else None,
    }  # fmt: skip
