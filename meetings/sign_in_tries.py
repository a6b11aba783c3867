"""Slowing down those who guess passwords. An attempt is counted before its password is looked at, so that many at once gain
nothing; a success is forgiven. Name and address are counted as hashes, alike whether the name exists or not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field

from .audit import Answer
from .commands import Command
from .database import Row, Transaction
from .errors import Conflict
from .models.organisation import sign_in_failures
from .standing import Standing

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrySignIn(Command):
    """Raises `sign_in_wait` with the seconds to wait when there were too many attempts."""

    name: Hash
    address: Hash


def subject(kind: str, text: str) -> str:
    """What attempts are counted under: a name as typed, or an address."""
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Patience:
    """`free` attempts without delay, then a delay that doubles with each up to `longest`; one is forgotten every `fades`."""

    free: int
    fades: timedelta
    longest: timedelta

    def delay(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts that failed."""
        if attempts <= self.free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(attempts - self.free, 20)), self.longest)

    def left(self, attempts: int, idle: timedelta) -> int:
        """How many of the attempts still count after nothing was tried for so long."""
        return max(0, attempts - idle // self.fades)


# Of a name: about a hundred guesses a day at most. Of an address: a whole agency may sit behind one.
OF_NAME = Patience(free=4, fades=timedelta(minutes=15), longest=timedelta(minutes=15))
OF_ADDRESS = Patience(free=60, fades=timedelta(minutes=1), longest=timedelta(minutes=2))


async def try_sign_in(tx: Transaction, by: Standing, command: TrySignIn) -> Answer:
    known = await _tries(tx, command.name, command.address)
    until = max((row.next_at for row in known.values()), default=tx.now)
    if until > tx.now:
        raise Conflict("sign_in_wait", "username", seconds=ceil((until - tx.now).total_seconds()))
    rows = [
        _counted(subject, known.get(subject), patience, tx.now)
        for subject, patience in ((command.name, OF_NAME), (command.address, OF_ADDRESS))
    ]
    await tx.upsert(sign_in_failures, rows, key=["subject"])
    await tx.write(sa.delete(sign_in_failures).where(sign_in_failures.c.last_at < tx.now - timedelta(days=1)))
    return None


async def forgive(tx: Transaction, name: str, address: str) -> None:
    """The attempt succeeded: the name starts anew, the address has one attempt less."""
    await tx.write(sa.delete(sign_in_failures).where(sign_in_failures.c.subject == name))
    row = (await _tries(tx, address)).get(address)
    if row is not None:
        fewer = max(0, row.failures - 1)
        changed = sa.update(sign_in_failures).where(sign_in_failures.c.subject == address)
        await tx.write(changed.values(failures=fewer, next_at=tx.now + OF_ADDRESS.delay(fewer)))


async def _tries(tx: Transaction, *subjects: str) -> dict[str, Row]:
    wanted = sa.select(sign_in_failures).where(sign_in_failures.c.subject.in_(subjects))
    return {row.subject: row for row in await tx.all(wanted)}


def _counted(subject: str, before: Row | None, patience: Patience, now: datetime) -> dict[str, object]:
    attempts = 1 + (patience.left(before.failures, now - before.last_at) if before else 0)
    return {"subject": subject, "failures": attempts, "last_at": now, "next_at": now + patience.delay(attempts)}
