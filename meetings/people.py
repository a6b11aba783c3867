"""The people of agencies. Whether a person can sign in is in `accounts.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from .agency_tree import everywhere, require_agency
from .audit import Answer
from .commands import Command
from .database import Transaction
from .errors import Conflict, Invalid, NotAllowed
from .models.columns import new_id
from .models.organisation import accounts, agencies, people, positions, sessions
from .sessions import end_sessions
from .standing import Standing
from .text import Email, Id, Line, OptionalLine, fold, name_sort_key

POSTS = "posts"  # woken when somebody may have come to hold a post, or left it
Honorific = Literal["", "Ông", "Bà"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavePerson(Command):
    """New when `person_id` is None. Not `active`: works here no more, and cannot sign in."""

    person_id: Id | None = None
    name: Line
    honorific: Honorific = ""
    email: Email
    phone: OptionalLine = ""
    agency_id: Id
    position_id: Id | None = None
    language: Literal["vi", "en"] = "vi"
    active: bool = True


def person_values(command: SavePerson) -> dict[str, Any]:
    """The columns of a person."""
    return {
        "name": command.name, "name_key": name_sort_key(command.name), "honorific": command.honorific,
        "email": command.email, "phone": command.phone, "agency_id": command.agency_id,
        "position_id": command.position_id, "language": command.language, "active": command.active,
        "folded": fold(command.name),
    }  # fmt: skip


async def save_person(tx: Transaction, by: Standing, command: SavePerson) -> Answer:
    await require_agency(tx, by.actor, command.agency_id)
    tx.wake.add(POSTS)
    if command.person_id:
        before = await tx.get(people, command.person_id)
        moved = before.agency_id != command.agency_id
        await require_agency(tx, by.actor, before.agency_id)
        await require_not_above(tx, by, command.person_id)
        if not command.active and command.person_id == by.actor.person_id:
            raise Conflict("own_account", "active")
    await _require_known(tx, command)
    if command.person_id:
        await tx.update(people, command.person_id, **person_values(command))
        if moved or not command.active:  # a connection goes on as who it was
            theirs = sa.select(accounts.c.id).where(accounts.c.person_id == command.person_id)
            await end_sessions(tx, sessions.c.account_id.in_(theirs))
        return {"person_id": command.person_id}
    key = new_id()
    await tx.insert(people, id=key, **person_values(command))
    return {"person_id": key}


async def require_not_above(tx: Transaction, by: Standing, person_id: str) -> None:
    """Raises NotAllowed when the person administers the system and the actor does not: with a changed address or password
    an agency's administrator could become one."""
    role = await tx.value(sa.select(accounts.c.role).where(accounts.c.person_id == person_id))
    if role == "system_admin" and not everywhere(by.actor):
        raise NotAllowed("not_allowed")


async def _require_known(tx: Transaction, command: SavePerson) -> None:
    agency = await tx.first(sa.select(agencies.c.active).where(agencies.c.id == command.agency_id))
    if agency is None:
        raise Invalid("agency_unknown", "agency_id")
    if command.active and not agency.active:
        raise Invalid("agency_retired", "agency_id")
    if command.position_id and not await tx.first(sa.select(positions.c.id).where(positions.c.id == command.position_id)):
        raise Invalid("position_unknown", "position_id")
