"""What was saved in a draft since a page was drawn, as the audit remembers it."""

from __future__ import annotations

import sqlalchemy as sa

from .database import Row, Transaction
from .draft_merge import Change
from .errors import Conflict
from .models.live import audit

SAVING = ("SaveDraft", "AcceptCounter")
MOST = 1000  # saves between a page's own


async def since(tx: Transaction, meeting: Row, revision: int) -> list[Change]:
    """Every save after this revision of the draft, in order. Raises Conflict where they are not all known: the draft was sent or
    discarded meanwhile, or the page is too old."""
    missing = meeting.draft_revision - revision
    if missing < 0 or missing > MOST:
        raise Conflict("draft_changed")
    if not missing:
        return []
    saves = sa.and_(audit.c.scope == meeting.id, audit.c.command.in_(SAVING))
    wanted = sa.select(audit.c.actor_name, audit.c.at, audit.c.result).where(saves).order_by(audit.c.seq.desc()).limit(missing)
    rows = [dict(row._mapping) for row in reversed(await tx.all(wanted))]
    rows += [row for row in tx.audit if row["command"] in SAVING]  # of the same transaction
    rows = rows[-missing:]
    if [row["result"].get("revision") for row in rows] != list(range(revision + 1, meeting.draft_revision + 1)):
        raise Conflict("draft_changed")
    if any("changed" not in row["result"] for row in rows):  # as the first version kept them
        raise Conflict("draft_changed")
    return [
        Change(
            row["result"]["window"], row["actor_name"], row["at"],
            {tuple(path.split(".")): (before, after) for path, (before, after) in row["result"]["changed"].items()},
        )
        for row in rows
    ]  # fmt: skip
