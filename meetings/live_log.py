"""The one log from which every live message is sent. A row is written in the transaction of the change it tells of;
`seq` has no gap and follows commit order, because it is counted under the lock of the meeting's scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from .database import Reading, Row, Transaction
from .models.live import live_events, scopes


def append(tx: Transaction, kind: str, data: dict[str, Any], audience: Sequence[str] | None = None) -> int:
    """Tell the meeting of `tx` that `kind` happened; its number. `audience`: ids of the participants it is meant for
    (and of nobody else); None: everybody, each role as `realtime.visibility` says."""
    tx.counters.live_seq += 1
    row = {"meeting_id": tx.scope, "seq": tx.counters.live_seq, "kind": kind, "data": data, "at": tx.now}
    tx.live.append(row | {"audience": None if audience is None else list(audience)})
    return tx.counters.live_seq


async def read_after(reading: Reading, meeting_id: str, seq: int, limit: int = 500) -> Sequence[Row]:
    """Rows (seq, kind, data, audience) of the meeting with a number above `seq`, in order, at most `limit`."""
    log = live_events.c
    wanted = sa.select(log.seq, log.kind, log.data, log.audience)
    return await reading.all(wanted.where(log.meeting_id == meeting_id, log.seq > seq).order_by(log.seq).limit(limit))


async def position(reading: Reading, meeting_id: str) -> tuple[str, int]:
    """(epoch, last number) of the meeting's log; ("", 0) when nothing was ever written in it."""
    row = await reading.first(sa.select(scopes.c.epoch, scopes.c.live_seq).where(scopes.c.id == meeting_id))
    return (row.epoch, row.live_seq) if row else ("", 0)
