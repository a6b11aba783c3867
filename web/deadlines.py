"""Closes ballots at their deadline. A late one closes late, but nothing is accepted after the deadline: casting looks at the time
itself."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime

import sqlalchemy as sa

from meetings import clock
from meetings.commands import system
from meetings.database import Database
from meetings.errors import Unavailable
from meetings.models.room import ballots
from meetings.perform import perform
from meetings.voting import CloseDueBallot
from meetings.voting.running import DEADLINES

log = logging.getLogger(__name__)
LOOK_AGAIN = 5.0  # seconds, when nothing wakes us
CLOSER = system("deadlines")


async def close_in_time(db: Database) -> None:
    """Until cancelled."""
    with db.wakeups.watch(DEADLINES) as watch:
        while True:
            due = None
            with contextlib.suppress(Unavailable):  # looked at again
                due = await close_due(db)
            wait = min(LOOK_AGAIN, (due - clock.now()).total_seconds()) if due else LOOK_AGAIN
            await watch.wait(max(wait, 0.01))


async def close_due(db: Database) -> datetime | None:
    """Close what is due; when the next one will be."""
    waiting = sa.select(ballots.c.id, ballots.c.meeting_id, ballots.c.closes_at)
    waiting = waiting.where(ballots.c.state == "open", ballots.c.closes_at.is_not(None))
    async with db.reading() as reading:
        rows = await reading.all(waiting.order_by(ballots.c.closes_at))
    later = [row.closes_at for row in rows if row.closes_at > clock.now()]
    for row in rows[: len(rows) - len(later)]:
        try:
            await perform(db, CLOSER, CloseDueBallot(meeting_id=row.meeting_id, ballot_id=row.id))
        except Exception:  # the others are closed in time all the same
            log.exception("ballot %s was not closed", row.id)
    return later[0] if later else None
