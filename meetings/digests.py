"""One mail in the morning of a working day with everything that waits for somebody, at most once a day: the row that keeps it and the
mail are written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

import sqlalchemy as sa

from .audit import Answer
from .commands import Actor, Command
from .database import Reading, Transaction
from .models.organisation import accounts, agencies, people
from .models.post import digests
from .notice import Notice
from .outbox import put_to_people
from .standing import Standing
from .text import Id

OPENS, SHUTS = time(7), time(12)  # of the installation's wall clock: later, the morning's mail is of no use


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigest(Command):
    """`notice`: to the account's person. A second one of the same day is not sent."""

    account_id: Id
    day: date
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDigest(Command):
    """Whether one wants the mail."""

    on: bool


@dataclass(frozen=True, slots=True)
class Reader:
    actor: Actor
    email: str
    name: str  # as the mail addresses him


async def send_digest(tx: Transaction, by: Standing, command: SendDigest) -> Answer:
    made = sa.and_(digests.c.account_id == command.account_id, digests.c.day == command.day)
    if await tx.first(sa.select(digests.c.day).where(made)):
        return {"sent": False}
    account = await tx.get(accounts, command.account_id)
    await tx.insert(digests, account_id=account.id, day=command.day, made_at=tx.now)
    await put_to_people(tx, [(account.person_id, command.notice)])
    return {"sent": True}


async def set_digest(tx: Transaction, by: Standing, command: SetDigest) -> Answer:
    await tx.update(accounts, str(by.actor.account_id), digest=command.on)
    return None


async def readers_of(reading: Reading, day: date) -> Sequence[Reader]:
    """Accounts that get the mail and have not got that day's."""
    made = sa.select(digests.c.account_id).where(digests.c.day == day)
    joined = accounts.join(people, people.c.id == accounts.c.person_id).join(agencies, agencies.c.id == people.c.agency_id)
    wanted = sa.select(
        accounts.c.id, accounts.c.role, people.c.id.label("person_id"), people.c.name, people.c.honorific, people.c.email,
        people.c.language, people.c.agency_id, agencies.c.short_name,
    ).select_from(joined)  # fmt: skip
    ready = sa.and_(accounts.c.digest, ~accounts.c.locked, people.c.active, people.c.email != "", accounts.c.id.not_in(made))
    return [
        Reader(
            Actor(
                kind="account", name=row.name, language=row.language, account_id=row.id, person_id=row.person_id, agency_id=row.agency_id,
                agency_name=row.short_name, role=row.role,
            ),
            row.email, f"{row.honorific} {row.name}".strip(),
        )
        for row in await reading.all(wanted.where(ready).order_by(accounts.c.id))
    ]  # fmt: skip
