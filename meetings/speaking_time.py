"""How long speeches and answers take: pauses do not count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .database import Row


def paused(row: Row, now: datetime) -> int:
    """Seconds of all pauses until now, of a speech or an answer."""
    return int(row.paused_seconds) + (max(0, int((now - row.paused_at).total_seconds())) if row.paused_at else 0)


def taken(row: Row, now: datetime) -> int:
    """Seconds without pauses, until now or until it ended; 0 before it begins."""
    if row.started_at is None:
        return 0
    until = row.ended_at or now
    return max(0, int((until - row.started_at).total_seconds()) - paused(row, until))


def seconds_spoken(rows: Iterable[Row], now: datetime) -> dict[str, int]:
    """By participant, or by site where it speaks itself, of those who had the floor; the running speech counts until now."""
    spoken: dict[str, int] = {}
    for row in rows:
        if row.started_at is not None:
            who = row.participant_id or row.site_id
            spoken[who] = spoken.get(who, 0) + taken(row, now)
    return spoken
