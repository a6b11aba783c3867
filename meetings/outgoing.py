"""A mail on its way: a row of the outbox that a worker may send, what became of it, and when it is tried again. Pure, and without the
database, for the process that builds mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this worker may send. `facts`: JSON, not read here, because building a mail is done elsewhere."""

    id: str
    message_id: str
    method: str
    facts: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail that was handed over. `wait`: of a queued one, until the next try."""

    row: Claimed
    state: Literal["sent", "failed", "queued", "unsure"]
    error: str = ""
    wait: timedelta = timedelta()


def wait_before(attempt: int) -> timedelta:
    """How long before the next try: half a minute, doubling, never more than six hours."""
    return timedelta(seconds=min(30 << (attempt - 1), 6 * 3600))


def not_sent(row: Claimed, error: str, *, permanent: bool) -> Outcome:
    """Try again later, or give up: when the server said no for good, or after MOST_ATTEMPTS."""
    if permanent or row.attempts >= MOST_ATTEMPTS:
        return Outcome(row, "failed", error)
    return Outcome(row, "queued", error, wait_before(row.attempts))
